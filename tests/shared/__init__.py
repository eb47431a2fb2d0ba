"""What more than one test needs: example graphs, hostile labels, arithmetic, oracles, pages in a browser, a Jupyter server."""
