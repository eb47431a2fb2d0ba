"""`python -m viz DIR`: the whole job once as users run it, and everything that can stand in its way."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from base64 import b64decode
from pathlib import Path

import pytest
from shared.colours import luminance

pytest.importorskip("sklearn")
pytest.importorskip("matplotlib")

import viz.gallery.job as job
from nn import fit
from viz.diagrams.diagram import Diagram
from viz.gallery import breast_cancer as training
from viz.gallery import examples, figures
from viz.gallery.breast_cancer import FEATURES, train
from viz.gallery.index import page

ROOT = Path(__file__).parents[3]
MOVED = [figure.slug for figure in figures.LECTURE if figure.page is not None]
REAL = ["breast-cancer-loss", "breast-cancer-network", "breast-cancer-graph"]
SLUGS = [figure.slug for figure in figures.LECTURE] + REAL


def run(*arguments, cwd=ROOT, **environment):
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "viz", *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **environment},
    )


@pytest.fixture(scope="module")
def lecture(tmp_path_factory):
    """The job on a machine without a dot program: its folder, what it printed, and how long it took."""
    folder = tmp_path_factory.mktemp("job") / "a new" / "lecture"
    start = sum(os.times()[2:4])  # of processor time, as other programs may keep this one waiting
    done = run(str(folder), PATH=str(folder.parent.parent))
    assert done.returncode == 0, done.stderr
    return folder, done, sum(os.times()[2:4]) - start


# --- the whole job ----------------------------------------------------------------------------------------------------


def test_it_takes_less_than_a_minute(lecture):
    assert lecture[2] < 60


def files_of(folder, slug):
    """The files of a figure, in the order of their links: first the page that moves it, last the one for LaTeX."""
    kinds = ["html", "svg", "png", "tex" if (folder / f"{slug}.tex").exists() else "pdf"]
    return [f"{slug}.{kind}" for kind in kinds if kind != "html" or slug in MOVED]


def test_every_figure_is_there_in_all_its_kinds_and_nothing_else(lecture):
    wanted = {name for slug in SLUGS for name in files_of(lecture[0], slug)} | {"index.html"}
    assert {path.name for path in lecture[0].iterdir()} == wanted
    drawn = [figure.slug for figure in figures.LECTURE if isinstance(figure.make(), Diagram)]
    assert {*drawn, *REAL[1:]} == {path.stem for path in lecture[0].glob("*.tex")}


@pytest.mark.parametrize("slug", SLUGS)
def test_a_figure_is_there_for_latex(slug, lecture):
    (content,) = (path.read_bytes() for path in lecture[0].glob(f"{slug}.*") if path.suffix in (".tex", ".pdf"))
    assert content.startswith((b"% Drawn by sigmagrad", b"%PDF-"))
    assert content.rstrip().endswith((rb"\csname sigmagradend\endcsname", b"%%EOF"))


@pytest.mark.parametrize("slug", SLUGS)
def test_a_figure_is_whole_and_asks_for_nothing(slug, lecture):
    svg, png = ((lecture[0] / f"{slug}.{kind}").read_bytes() for kind in ("svg", "png"))
    root = ElementTree.fromstring(svg)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    links = [value for item in root.iter() for key, value in item.attrib.items() if key.endswith(("href", "src"))]
    assert all(link.startswith(("#", "data:")) for link in links)
    assert not [item for item in root.iter() if item.tag.endswith("script")]
    assert png.startswith(b"\x89PNG\r\n")
    assert png.endswith(b"IEND\xaeB`\x82")
    width, height = (int.from_bytes(png[i : i + 4], "big") for i in (16, 20))
    assert 500 <= width <= 4000
    assert 200 <= height <= 4000


def test_it_says_how_good_the_networks_are_and_what_to_do_next(lecture):
    folder, done, _ = lecture
    accuracies = [float(text) for text in re.findall(r"accuracy on the 143 .*: ([0-9.]+)%", done.stdout)]
    assert len(accuracies) == 2
    assert min(accuracies) >= 93
    assert f"{len(SLUGS)} figures, as SVG, PNG, and TikZ or PDF, are in {folder}" in done.stdout
    assert f"open {(folder / 'index.html').resolve().as_uri()} in a browser" in done.stdout
    command = re.search("^start the notebooks with: (.*) -m jupyter lab notebooks/$", done.stdout, flags=re.MULTILINE)
    assert ROOT / command[1] == Path(sys.executable)  # it is started from ROOT


def test_it_shows_how_far_it_is(lecture):
    done = lecture[1]
    assert "step" in done.stderr
    assert f"{len(SLUGS)}/{len(SLUGS)} [" in done.stderr
    assert re.search(rf"(figure/s|s/figure), {SLUGS[-1]}\]", done.stderr)  # a busy machine draws less than one a second


def test_the_page_holds_every_picture_and_no_address(lecture):
    html = (lecture[0] / "index.html").read_text(encoding="utf-8")
    pictures = re.findall(r'src="data:image/svg\+xml;base64,([^"]+)"', html)
    assert [b64decode(picture) for picture in pictures] == [(lecture[0] / f"{slug}.svg").read_bytes() for slug in SLUGS]
    rest = re.sub(r"base64,[^\"]+", "", html)
    assert "://" not in rest
    assert len(re.findall(r'alt="[^"]{20,}"', rest)) == len(SLUGS)
    assert re.findall(r'href="([^"#]+)"', rest) == [
        name
        for slug in SLUGS
        for name in (f"{slug}.svg", *files_of(lecture[0], slug))  # it opens in full size, too
    ]
    assert "∇<sub>w</sub> ℒ is the product" in rest
    anchors = set(re.findall(r'href="#([^"]+)"', rest))
    assert anchors == set(re.findall(r'<section id="([^"]+)"', rest))
    assert [section for section in figures.SECTIONS if section not in rest] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_in_a_browser(scheme, lecture, visit):
    seen = visit((lecture[0] / "index.html").as_uri())
    seen.page.emulate_media(color_scheme=scheme)
    seen.page.evaluate("document.querySelectorAll('img').forEach(image => { image.loading = 'eager' })")
    seen.page.wait_for_function("[...document.images].every(image => image.complete && image.naturalWidth > 0)")
    ground, ink = seen.page.evaluate(
        "[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]"
    )
    assert (luminance(ground) > luminance(ink)) == (scheme == "light")
    for width in (1280, 390):
        seen.page.set_viewport_size({"width": width, "height": 800})
        assert seen.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), width
    assert seen.requests == seen.complaints == []


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_figure_opens_in_full_size(scheme, width, lecture, visit):
    seen = visit((lecture[0] / "index.html").as_uri(), color_scheme=scheme, viewport={"width": width, "height": 800})
    picture = "document.querySelector('dialog img')"
    assert not seen.page.evaluate("document.querySelector('dialog').open")
    for slug in ("neuron", "backprop-reuse"):
        seen.page.click(f"#{slug} .paper img")
        seen.page.wait_for_function(f"{picture}.complete && {picture}.clientWidth > 0")
        shown, natural, alt = seen.page.evaluate(f"(i => [i.clientWidth, i.naturalWidth, i.alt])({picture})")
        assert shown >= max(natural, width - 20)
        assert alt == next(figure.alt for figure in figures.LECTURE if figure.slug == slug)
        assert not seen.page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
        seen.page.click("dialog button")
        assert not seen.page.evaluate("document.querySelector('dialog').open")


def test_the_small_print_has_eleven_pixels_at_the_width_of_a_slide(lecture, visit):
    seen = visit((lecture[0] / "index.html").as_uri(), viewport={"width": 1280, "height": 800})
    widths = seen.page.evaluate(
        "Object.fromEntries([...document.querySelectorAll('figure')].map(f => [f.id, f.querySelector('img').clientWidth]))"
    )
    for slug in SLUGS:
        root = ElementTree.parse(lecture[0] / f"{slug}.svg").getroot()
        points = float(root.attrib["width"].removesuffix("pt"))
        sizes = [float(line.attrib["font-size"]) for line in root.iter("{http://www.w3.org/2000/svg}text")] or [10.0]
        assert min(sizes) * min(widths[slug], 1280) / points >= 10.99, slug
        assert widths[slug] <= 1240, slug


def test_no_figure_glares_on_a_dark_page(lecture, visit):
    seen = visit((lecture[0] / "index.html").as_uri(), color_scheme="dark")
    ground, filters = seen.page.evaluate(
        """[getComputedStyle(document.body).backgroundColor,
            [...document.querySelectorAll("figure img")].map(image => getComputedStyle(image).filter)]"""
    )
    assert luminance(ground) < 0.02
    assert filters == ["invert(0.91) hue-rotate(180deg)"] * len(SLUGS)  # white becomes what the page is


def test_it_is_printed_on_white_paper(lecture, visit):
    seen = visit((lecture[0] / "index.html").as_uri(), color_scheme="dark")
    seen.page.emulate_media(media="print", color_scheme="dark")
    shown = "(i => [getComputedStyle(i).filter, getComputedStyle(i).maxWidth])(document.querySelector('figure img'))"
    assert seen.page.evaluate(shown) == ["none", "100%"]
    assert luminance(seen.page.evaluate("getComputedStyle(document.body).backgroundColor")) > 0.9


@pytest.mark.parametrize("slug", MOVED)
def test_the_page_that_moves_a_figure_runs(slug, lecture, visit):
    seen = visit((lecture[0] / f"{slug}.html").as_uri())
    seen.page.wait_for_selector("button")
    assert seen.page.title()


@pytest.mark.long
def test_the_job_writes_the_same_bytes_every_time(lecture, tmp_path):
    done = run(str(tmp_path), PATH=str(tmp_path))
    assert done.returncode == 0
    for path in lecture[0].iterdir():
        assert path.read_bytes() == (tmp_path / path.name).read_bytes(), path.name


@pytest.mark.parametrize(("sizes", "features"), [([8, 1], ()), ([2, 1], FEATURES)])
def test_training_is_the_same_every_time(sizes, features):
    first, second = (train(sizes, features, steps=60, progress=False) for _ in range(2))
    assert first.model.state_dict() == second.model.state_dict()
    assert first.history.losses == second.history.losses
    assert (first.tested, len(first.x)) == (143, len(features) or 30)


def test_the_gradients_of_the_data_point_are_those_of_its_loss():
    trained = train([2, 1], FEATURES, steps=60, progress=False)
    loss = trained.loss()
    again = trained.loss()
    w = trained.model.layers[0].neurons[0].w[1]
    slope, step = w.grad, 1e-6
    w.data += step
    above = trained.loss().data
    w.data -= 2 * step
    below = trained.loss().data
    assert loss.data == again.data
    assert slope == pytest.approx((above - below) / (2 * step), rel=1e-4, abs=1e-9)


# --- what stands in the way -------------------------------------------------------------------------------------------


@pytest.fixture
def quick(monkeypatch):
    """The job with two figures and short trainings."""
    monkeypatch.setattr(figures, "LECTURE", figures.LECTURE[3:5])
    monkeypatch.setattr(figures, "on_real_data", lambda large, small: ())
    monkeypatch.setattr(
        training, "train", lambda sizes, features=(), steps=0: train(sizes, features, steps=20, progress=False)
    )


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_the_folder_may_be_there_already_and_other_files_stay(quick, tmp_path, capsys):
    (tmp_path / "mine.txt").write_text("mine")
    (tmp_path / "index.html").write_text("old")
    assert job.main([str(tmp_path)]) == 0
    assert names(tmp_path) == [
        "index.html",
        "mine.txt",
        "neuron-numbers.png",
        "neuron-numbers.svg",
        "neuron-numbers.tex",
        "neuron.png",
        "neuron.svg",
        "neuron.tex",
    ]
    assert (tmp_path / "index.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_without_a_folder_it_says_how_it_is_used():
    done = run()
    assert done.returncode == 2
    assert "usage: python -m viz [-h] DIR" in done.stderr
    assert "the following arguments are required: DIR" in done.stderr


def test_an_empty_name_is_no_folder(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as caught:
        job.main([""])
    assert caught.value.code == 2
    assert "DIR needs the name of a folder, got none; write lecture/, or . for this one" in capsys.readouterr().err
    assert names(tmp_path) == []


def test_a_name_that_is_too_long(tmp_path, capsys):
    assert job.main([str(tmp_path / ("a" * 300))]) == 1
    assert re.search("can't make the folder '.*aa': File name too long; choose another place", capsys.readouterr().err)


def test_help_says_what_it_does():
    done = run("--help")
    assert done.returncode == 0
    for words in ("every figure of the lecture", "index.html", "example: python -m viz lecture/", "less than a minute"):
        assert words in " ".join(done.stdout.split())


def test_a_file_is_no_folder(tmp_path, capsys):
    (tmp_path / "notes").write_text("mine")
    assert job.main([str(tmp_path / "notes")]) == 1
    assert "notes' is a file; give the name of a folder, like lecture/" in capsys.readouterr().err
    assert (tmp_path / "notes").read_text() == "mine"


def test_a_folder_that_cannot_be_made(tmp_path, capsys):
    (tmp_path / "notes").write_text("mine")
    assert job.main([str(tmp_path / "notes" / "lecture")]) == 1
    assert re.search(
        "can't make the folder '.*lecture': Not a directory; choose another place", capsys.readouterr().err
    )


def test_a_folder_that_cannot_be_written_to(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # the superuser may write anywhere
    assert job.main([str(tmp_path)]) == 1
    assert "permission denied; choose another folder" in capsys.readouterr().err
    assert names(tmp_path) == []


def test_a_disk_that_fills_up_leaves_no_half_file(quick, tmp_path, capsys, monkeypatch):
    replace = os.replace

    def full(source, target):
        if str(target).endswith("neuron-numbers.png"):
            raise OSError(28, "No space left on device")
        replace(source, target)

    monkeypatch.setattr(os, "replace", full)
    assert job.main([str(tmp_path)]) == 1
    assert re.search(
        "\npython -m viz: can't write '.*: No space left on device; choose another place\n$", capsys.readouterr().err
    )
    assert names(tmp_path) == ["neuron-numbers.svg", "neuron.png", "neuron.svg", "neuron.tex"]


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        (["matplotlib"], "this needs matplotlib: .*python.* -m pip install matplotlib"),
        (["sklearn", "numpy"], "this needs numpy, scikit-learn: .*python.* -m pip install numpy scikit-learn"),
        (["resvg_py"], "PNGs need resvg-py, or the dot program: .*python.* -m pip install resvg-py"),
    ],
)
def test_what_is_missing_is_said_before_any_work(missing, words, tmp_path, capsys, monkeypatch):
    find = job.find_spec
    monkeypatch.setattr(job, "find_spec", lambda name: None if name in missing else find(name))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert job.main([str(tmp_path / "lecture")]) == 1
    assert re.search(words, capsys.readouterr().err)
    assert not (tmp_path / "lecture").exists()


def drawn_by(make):
    """The second of the quick job's figures, made by another function."""
    whole, other = figures.LECTURE
    return whole, figures.Figure(
        *[getattr(other, name) for name in ("section", "slug", "title", "caption", "alt")], make
    )


def test_an_interrupt_leaves_whole_files(quick, tmp_path, capsys, monkeypatch):
    def interrupted():
        raise KeyboardInterrupt

    monkeypatch.setattr(figures, "LECTURE", drawn_by(interrupted))
    assert job.main([str(tmp_path)]) == 130
    assert "interrupted: the figures that were finished are in" in capsys.readouterr().err
    assert names(tmp_path) == ["neuron.png", "neuron.svg", "neuron.tex"]


def test_an_interrupt_is_not_lost_in_a_finalizer(quick, tmp_path, monkeypatch):
    """Python ignores what is raised there, and a plot has many."""

    class Dropped:
        def __del__(self):
            signal.raise_signal(signal.SIGINT)

    make = figures.LECTURE[1].make

    def interrupted():
        Dropped()
        return make()

    monkeypatch.setattr(figures, "LECTURE", drawn_by(interrupted))
    assert job.main([str(tmp_path)]) == 130
    assert names(tmp_path) == sorted(f"{slug}.{kind}" for slug in SLUGS[3:5] for kind in ("svg", "png", "tex"))


def test_a_figure_whose_training_is_interrupted_is_not_drawn(monkeypatch):
    def interrupted(*arguments, **settings):
        history = fit(*arguments, **{**settings, "steps": 2})
        history.interrupted = True
        return history

    monkeypatch.setattr(examples, "fit", interrupted)
    with pytest.raises(KeyboardInterrupt):
        examples.plot_width_and_depth()


def test_an_interrupt_in_the_training_ends_the_job(quick, tmp_path, capsys, monkeypatch):
    def interrupted(sizes, features=(), steps=0):
        trained = train(sizes, features, steps=5, progress=False)
        trained.history.interrupted = True
        return trained

    monkeypatch.setattr(training, "train", interrupted)
    assert job.main([str(tmp_path)]) == 130
    assert "accuracy" not in capsys.readouterr().out
    assert names(tmp_path) == []


@pytest.mark.skipif(os.name == "nt", reason="there are no shell scripts as programs")
def test_a_broken_dot_is_no_obstacle(quick, tmp_path, monkeypatch):
    program = tmp_path / "bin" / "dot"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho broken >&2\nexit 3\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent))
    assert job.main([str(tmp_path / "lecture")]) == 0
    assert len(names(tmp_path / "lecture")) == 7


def test_the_command_for_the_notebooks_is_short_where_it_can_be(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "executable", str(tmp_path / ".venv" / "bin" / "python"))
    assert job.command() == os.path.join(".venv", "bin", "python")
    monkeypatch.setattr(sys, "executable", "/somewhere/bin/python")
    assert job.command() == "/somewhere/bin/python"
    monkeypatch.setattr(sys, "executable", "/some where/bin/python")
    assert job.command() == '"/some where/bin/python"'


def test_notebooks_are_told_of_only_where_they_are(quick, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for there in (False, True):
        if there:
            (tmp_path / "notebooks").mkdir()
        assert job.main(["lecture"]) == 0
        assert ("jupyter lab notebooks/" in capsys.readouterr().out) is there


def test_the_command_for_the_notebooks_works():
    pytest.importorskip("jupyterlab")
    done = subprocess.run(
        [sys.executable, "-m", "jupyter", "lab", "--version"], capture_output=True, text=True, timeout=300
    )
    assert re.fullmatch(r"4\.[0-9.]+\s*", done.stdout)
    assert (ROOT / "notebooks").is_dir()


def test_a_folder_whose_name_the_terminal_lacks_is_written_and_named(tmp_path):
    """A terminal of ASCII: what it can't show is shown as an escape, and the job ends well."""
    program = (
        "import sys; from viz.gallery import job; job.write_all = lambda folder: print(f'written into {folder}');"
        f"sys.exit(job.main([{str(tmp_path / 'vorträge σ')!r}]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env={**os.environ, "PYTHONIOENCODING": "ascii"}
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert r"vortr\xe4ge \u03c3" in done.stdout


def test_what_a_figure_says_is_text_on_the_page():
    figure = figures.Figure("<S>", "a", "<T> & 'U'", "<b>C</b>", 'the "alt" <x>', lambda: None)
    html = page("<title>", "<about>", [(figure, b"<svg/>", ["svg"])])
    assert "<b>" not in html
    assert "<T>" not in html
    assert 'alt="the &quot;alt&quot; &lt;x&gt;"' in html
    assert "<title>&lt;title&gt;</title>" in html
