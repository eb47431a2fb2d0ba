"""`python -m viz DIR` trains on real data and writes every figure of the lecture into DIR, with a page of them."""

import argparse
import os
import sys
import warnings
from importlib.util import find_spec
from pathlib import Path

from autograd.files import write
from nn.fit import ctrl_c_waits
from nn.progress import progress_bar
from viz.engines.dot import find_dot
from viz.gallery import breast_cancer
from viz.gallery.breast_cancer import FEATURES, Training

NEEDED = {"numpy": "numpy", "matplotlib": "matplotlib", "sklearn": "scikit-learn"}  # a module, and what pip calls it


def main(arguments: list[str] | None = None) -> int:
    """Do the job, and return the exit status."""
    folder = Path(parsed(arguments).folder)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a terminal whose encoding lacks a letter of the folder's name shows \\xe9
            stream.reconfigure(errors="backslashreplace")
    try:
        check_installed()
        prepare(folder)
        write_all(folder)
    except KeyboardInterrupt:
        print(
            f"interrupted: the figures that were finished are in {folder}, whole; run it again for the rest",
            file=sys.stderr,
        )
        return 130
    except (OSError, ImportError, RuntimeError) as error:
        words = getattr(error, "strerror", None) or error  # without the number that an OSError starts with
        print(f"python -m viz: {words}", file=sys.stderr)
        return 1
    return 0


def parsed(arguments: list[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m viz",
        description="Train a network on real data and write every figure of the lecture, as SVG, PNG, and for LaTeX, "
        "with an index.html that shows them. It takes less than a minute.",
        epilog="example: python -m viz lecture/",
    )
    parser.add_argument("folder", metavar="DIR", help="the folder to write into; it is made if it is not there")
    found = parser.parse_args(arguments)
    if not found.folder:
        parser.error("DIR needs the name of a folder, got none; write lecture/, or . for this one")
    return found


def check_installed() -> None:
    """Say at once what is missing, and how to get it."""
    missing = [package for module, package in NEEDED.items() if find_spec(module) is None]
    if missing:
        raise ImportError(f"this needs {', '.join(missing)}: {command()} -m pip install {' '.join(missing)}")
    if find_dot() is None and find_spec("resvg_py") is None:
        raise ImportError(f"PNGs need resvg-py, or the dot program: {command()} -m pip install resvg-py")


def prepare(folder: Path) -> None:
    """Make the folder, and find out before the work whether it can be written to."""
    if os.path.exists(folder) and not os.path.isdir(folder):  # unlike Path's, these never raise an error
        raise NotADirectoryError(f"{str(folder)!r} is a file; give the name of a folder, like lecture/")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OSError(f"can't make the folder {str(folder)!r}: {error.strerror}; choose another place") from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise PermissionError(f"can't write into {str(folder)!r}: permission denied; choose another folder")


def write_all(folder: Path) -> None:
    """Train, draw, and write; every file is whole or not there, and Ctrl-C waits for the end of a figure."""
    from viz.gallery.figures import LECTURE, kinds, on_real_data, picture
    from viz.gallery.index import page

    print("training on scikit-learn's breast cancer data: thirty measurements of a tumour, benign or malignant")
    large = trained([8, 1], steps=300)
    print(f"training a small network on three of the measurements: {', '.join(FEATURES)}")
    small = trained([2, 1], FEATURES)
    print("drawing the figures of the lecture")
    figures, pictures = [*LECTURE, *on_real_data(large, small)], []
    with ctrl_c_waits() as let_in, progress_bar(len(figures), "figure") as advance:
        for figure in figures:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", RuntimeWarning)  # dot complains, or another draws: there is a picture
                made = figure.make()
                files = {kind: picture(made, kind) for kind in kinds(made)}
                for kind, content in files.items():
                    write(folder / f"{figure.slug}.{kind}", content)
                if figure.page is not None:
                    figure.page(folder / f"{figure.slug}.html")
            pages = ["html"] if figure.page is not None else []
            pictures.append((figure, files["svg"], [*pages, *files]))
            advance(figure.slug)
            let_in()
    about = "Neurons, layers, networks, the forward pass and backpropagation, drawn by sigmagrad from live objects."
    index = folder / "index.html"
    write(index, page("Neural networks, in pictures", about, pictures).encode())
    print(f"{len(pictures)} figures, as SVG, PNG, and TikZ or PDF, are in {folder}")
    print(f"open {index.resolve().as_uri()} in a browser to see them")
    if Path("notebooks").is_dir():
        print(f"start the notebooks with: {command()} -m jupyter lab notebooks/")


def trained(layer_sizes: list[int], features: tuple[str, ...] = (), steps: int = 1000) -> Training:
    """A trained network, and a line on how good it is; Ctrl-C in the training ends the job."""
    training = breast_cancer.train(layer_sizes, features, steps=steps)
    if training.history.interrupted:
        raise KeyboardInterrupt
    print(f"  accuracy on the {training.tested} tumours it has not seen: {training.accuracy:.1%}")
    return training


def command() -> str:
    """How to start this Python from here: its path from this folder if it is below it, in quotes if it has spaces."""
    here, program = Path.cwd(), Path(sys.executable)
    path = str(program.relative_to(here)) if program.is_relative_to(here) else str(program)
    return f'"{path}"' if " " in path else path
