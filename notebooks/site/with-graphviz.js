// Pyodide as it is, after Graphviz: WebAssembly loads asynchronously, and a drawing in Python cannot wait for it.

// What would be said on red in every new window, and is no error: matplotlib looks at the fonts, tqdm has no threads.
const QUIET = `
import logging, warnings
logging.getLogger("matplotlib.font_manager").setLevel("ERROR")
warnings.filterwarnings("ignore", "tqdm:disabling monitor support")
`;

self.loadPyodide = async (options) => {
  const here = options.indexURL;
  importScripts(`${here}viz-global.js`, `${here}pyodide.js`); // the latter leaves its own loadPyodide
  self.sigmagradGraphviz = await Viz.instance();
  const lock = await (await fetch(`${here}pyodide-lock.json`)).json();
  // What the site does not have (ssl, or NumPy where it was not to be had) is not asked for.
  const packages = options.packages.filter((name) => name.replaceAll("_", "-") in lock.packages);
  const pyodide = await self.loadPyodide({ ...options, packages });
  await pyodide.runPythonAsync(QUIET);
  return pyodide;
};
