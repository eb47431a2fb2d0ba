// Pyodide as it is, after Graphviz: WebAssembly loads asynchronously, and a drawing in Python cannot wait for it.
import { instance } from "./viz.js";

globalThis.sigmagradGraphviz = await instance();

export * from "./pyodide.mjs";
