"""Sphinx's settings for the documentation; documentation.py lays them beside the pages, and runs it."""

project = "sigmagrad"
html_title = "sigmagrad"
copyright = "The sigmagrad authors"
extensions = [
    "myst_nb",
    "sphinx_design",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.mathjax",
    "sphinx.ext.viewcode",
]
nitpicky = True
exclude_patterns = ["beside", "static"]

nb_execution_mode = "off"  # the notebooks bring the outputs that they were saved with
nb_render_image_options = {"align": "left"}
myst_enable_extensions = ["colon_fence", "dollarmath"]
myst_heading_anchors = 3

default_role = "literal"  # docstrings quote code as Markdown does, in single backticks
autodoc_typehints = "none"  # the docstrings say it in words; the signature has the defaults
autodoc_member_order = "bysource"

toc_object_entries = False  # a heading stands above each

html_theme = "furo"
html_favicon = "static/icon.svg"
html_static_path = ["static"]
html_extra_path = ["beside"]
html_css_files = ["style.css"]
html_show_sphinx = False
html_copy_source = False
mathjax_path = "tex-svg-full.js"  # one file that asks for no fonts
mathjax3_config = {"options": {"enableMenu": False}}  # its menu would look for files that are not here
