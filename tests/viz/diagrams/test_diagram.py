"""A Diagram shows and saves itself."""

import base64
import os
import re
import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import graphviz
import pytest
from shared.hostile import LABELS

import viz
from autograd import Value
from nn import Neuron, squared_loss
from viz import Diagram, draw_backprop, draw_graph
from viz.diagrams.diagram import MAX_EDGES, MAX_NODES
from viz.style import theme
from viz.style.labels import pieces, written


@pytest.fixture
def two() -> Diagram:
    diagram = Diagram("Two boxes", using="webassembly")
    diagram.node("n0", "x_1")
    diagram.node("n1", "y")
    diagram.edge("n0", "n1", "w_1")
    return diagram


def test_it_holds_a_digraph_and_its_source_is_dot(two: Diagram) -> None:
    assert isinstance(two.digraph, graphviz.Digraph)
    assert two.source == two.digraph.source
    assert 'n0 -> n1 [label="w₁"]' in two.source


def test_a_user_can_go_on_drawing_with_graphviz_itself(two: Diagram) -> None:
    two.digraph.node("mine", "my own box")
    assert "my own box" in two.svg


def test_pipe_gives_bytes_or_with_an_encoding_text(two: Diagram) -> None:
    assert two.pipe().rstrip().endswith(b"</svg>")
    assert two.pipe("dot").startswith(b"digraph")
    assert two.pipe(encoding="utf-8") == two.pipe().decode()


def test_a_notebook_gets_the_svg_and_the_text(two: Diagram) -> None:
    shown = two._repr_mimebundle_(include=None, exclude=None)
    assert shown.keys() == {"image/svg+xml", "text/html", "text/plain"}
    assert (shown["image/svg+xml"], shown["text/plain"]) == (two.svg, two.source)
    address = re.search(
        r'<img alt="Two boxes" src="data:image/svg\+xml;base64,([^"]*)" style="[^"]*">', shown["text/html"]
    )
    assert base64.b64decode(address[1]).decode() == two.svg  # for a notebook that is not trusted, which shows no svg
    assert ElementTree.fromstring(shown["image/svg+xml"]).tag.endswith("svg")


@pytest.mark.parametrize("trouble", [OSError("x"), ValueError("x"), RuntimeError("x\ny"), MemoryError()])
def test_a_notebook_display_never_raises(two: Diagram, trouble: Exception, monkeypatch) -> None:
    def fail(*_, **__):
        raise trouble

    monkeypatch.setattr("viz.engines.render.render", fail)
    lines = two._repr_mimebundle_()["text/plain"].splitlines()
    assert lines[0].startswith("// no picture:")
    assert lines[1:] == two.source.splitlines()


def ids(svg: str) -> set[str]:
    return set(re.findall(r'id="([^"]*)"', svg))


def test_two_figures_on_a_page_share_no_id_and_equal_ones_are_equal(two: Diagram) -> None:
    other = Diagram("Two boxes", using="webassembly")
    other.node("n0", "x_2")
    assert ids(two.svg)
    assert not ids(two.svg) & ids(other.svg)
    assert all(re.fullmatch(r"d[0-9a-f]{10}-(graph0|node1|node2|edge1)", name) for name in ids(two.svg))
    assert two.svg == two.svg


def test_a_fill_of_two_colours_is_found_by_its_own_id(two: Diagram) -> None:
    two.node("n2", "z", fillcolor="#DCEFFB:#FCE8D8")
    assert set(re.findall(r"url\(#([^)]*)\)", two.svg)) == ids(two.svg) & {f"{two.prefix}node3_l_0"} != set()


def test_a_screen_reader_hears_the_title() -> None:
    assert 'aria-label="a drawing"' in Diagram("").svg
    diagram = Diagram('A "neuron" & w_1', using="webassembly")
    assert ElementTree.fromstring(diagram.svg).attrib["aria-label"] == 'A "neuron" & w₁'


@pytest.mark.parametrize(
    ("suffix", "start"),
    [
        (".svg", b"<?xml"),
        (".png", b"\x89PNG"),
        (".dot", b"digraph"),
        (".html", b"<!DOCTYPE html>"),
        (".tex", b"% Drawn"),
        (".SVG", b"<?xml"),
    ],
)
def test_save_writes_what_the_suffix_says(two: Diagram, suffix: str, start: bytes, tmp_path: Path) -> None:
    path = two.save(tmp_path / f"a{suffix}")
    assert path == tmp_path / f"a{suffix}"
    assert path.read_bytes().startswith(start)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.dot
def test_save_writes_a_pdf_with_dot(two: Diagram, tmp_path: Path) -> None:
    two.using = "dot"
    assert two.save(tmp_path / "a.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize("kind", ["pdf", pytest.param("png", id="png without resvg")])
@pytest.mark.parametrize("label", ["∇_w ℒ", "w^2_{3,d} = 1\n<b>&amp;", *LABELS])
def test_what_a_dot_program_draws_is_typeset_too(label: str, kind: str, monkeypatch) -> None:
    """Indices that Unicode lacks reach it as markup, and nothing of a label does."""
    given: list[str] = []
    monkeypatch.setattr("viz.engines.render.render", lambda source, *_, **__: given.append(source) or b"")
    monkeypatch.setattr("viz.diagrams.diagram.find_spec", lambda _: None)
    diagram = Diagram()
    diagram.node("n0", label)
    diagram.edge("n0", "n0", label)
    diagram.pipe(kind)
    diagram.pipe("json")
    assert given[1] == diagram.source
    texts = re.findall(r"label=(<.*>)\]", given[0])
    assert len(texts) == (2 if any(kind for kind, _, _ in pieces(written(label))) else 0)
    for text in texts:
        read = ElementTree.fromstring(f"<p>{text[1:-1]}</p>")
        assert {element.tag for element in read.iter()} <= {"p", "sub", "sup", "br"}
        assert "".join(read.itertext()) == "".join(part for _, part, _ in pieces(written(label))).replace("\n", "")


@pytest.mark.parametrize("view", ["lecture", "operations"])
def test_a_gradient_has_its_own_colour_in_every_kind_of_file(view: str, tmp_path: Path, monkeypatch) -> None:
    loss = squared_loss(Neuron(2, "tanh", seed=0)([1.0, 2.0]), 0.5)
    loss.backward()
    diagram = draw_graph(loss, view=view)
    texts = [
        (element.text, element.get("fill")) for element in ElementTree.fromstring(diagram.svg).findall(".//{*}text")
    ]
    gradients = [text for text, _ in texts if text.startswith("grad ")]
    assert len(gradients) >= 4
    assert {fill for text, fill in texts if text.startswith("grad ")} == {theme.GRADIENT}
    assert theme.GRADIENT not in {fill for text, fill in texts if "=" in text}
    lines = diagram.save(tmp_path / "a.tex").read_text().splitlines()
    drawn = [line for line in lines if line.endswith("};") and "{grad " in line]
    assert len(drawn) == len(gradients)
    assert all("text=sggradient," in line for line in drawn)
    given: list[str] = []
    monkeypatch.setattr("viz.engines.render.render", lambda source, *_, **__: given.append(source) or b"")
    diagram.pipe("pdf")
    assert given[0].count(f'<font color="{theme.GRADIENT}">grad ') == given[0].count("grad ") >= 4


@pytest.mark.parametrize("direction", ["LR", "TB"])
@pytest.mark.parametrize("number", [0.0, -0.5, 1e-9, -1e30, 12345.6])
def test_a_label_that_begins_like_a_gradient_is_none(direction: str, number: float) -> None:
    x, w = Value(number, label="grad student"), Value(2.0, label="w")
    y = x * w
    y.backward()
    svg = ElementTree.fromstring(draw_graph(y, direction=direction, view="operations").svg)
    fills = {element.text.strip(): element.get("fill") for element in svg.findall(".//{*}text")}
    named = [text for text in fills if text.startswith("grad student")]
    gradients = {text for text in fills if text.startswith("grad ")} - {*named}
    assert [fills[text] == theme.GRADIENT for text in named] == [False]
    assert gradients >= {"grad 2", "grad 1", theme.gradient(number)}
    assert {fills[text] for text in gradients} == {theme.GRADIENT}


@pytest.mark.long
@pytest.mark.dot
def test_a_pdf_says_its_indices_without_underscores(tmp_path: Path) -> None:
    path = draw_backprop(Neuron(2, "relu", seed=0), loss=squared_loss).save(tmp_path / "a.pdf")
    text = subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True, check=True).stdout
    assert "∇wℒ" in "".join(text.split())
    assert "_" not in text


def test_a_saved_page_loads_and_runs_nothing(two: Diagram, tmp_path: Path) -> None:
    page = two.save(tmp_path / "a.html").read_text(encoding="utf-8")
    assert "default-src 'none'" in page
    assert "<script" not in page
    addresses = set(re.findall(r'https?://[^"\s<]*', page))
    assert addresses == {"http://www.w3.org/2000/svg"}  # a name of XML, never loaded


@pytest.mark.parametrize("name", ["a", "a.jpg", "a.svg.gz", ".svg", "", "a.svg/"])
def test_an_unknown_suffix_is_refused(two: Diagram, name: str, tmp_path: Path) -> None:
    with pytest.raises((ValueError, OSError)):
        two.save(str(tmp_path / "deep") + "/" + name)
    if not name.rstrip("/").endswith("a.svg"):
        with pytest.raises(
            ValueError, match=r"save needs a file name ending in \.svg, \.png, \.pdf, \.dot, \.html, \.tex, got"
        ):
            two.save(name)


def test_the_words_for_places_that_can_not_be_written(two: Diagram, tmp_path: Path) -> None:
    (tmp_path / "folder.svg").mkdir()
    (tmp_path / "file").write_text("")
    with pytest.raises(IsADirectoryError, match="is a directory; write the name of a file in it"):
        two.save(tmp_path / "folder.svg")
    for missing in ("no/such/a.svg", "file/a.svg"):
        with pytest.raises(FileNotFoundError, match=r"there is no directory .*; make it first"):
            two.save(tmp_path / missing)
    with pytest.raises(OSError, match=r"can't write .*; choose another place"):
        two.save(tmp_path / ("a" * 300 + ".svg"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder.svg"]


def test_a_failed_write_leaves_the_old_file(two: Diagram, tmp_path: Path, monkeypatch) -> None:
    target = tmp_path / "a.svg"
    target.write_text("old")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(OSError, match=r"can't write .*No space left on device; choose another place"):
        two.save(target)
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_saved_file_has_the_permissions_of_any_new_file(two: Diagram, tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("")
    assert two.save(tmp_path / "a.svg").stat().st_mode == (tmp_path / "plain").stat().st_mode


@pytest.mark.parametrize("name", ["-Tps", "-o x", "a b", "$(touch pwned)", "ö", "x;y"])
@pytest.mark.parametrize("using", [pytest.param("dot", marks=pytest.mark.dot), "webassembly"])
def test_odd_file_names_are_just_names(two: Diagram, name: str, using: str, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    two.using = using
    two.save(f"{name}.svg")
    assert two.render(name) == f"{name}.svg"
    assert {path.name for path in tmp_path.iterdir()} == {name, f"{name}.svg"}


def test_a_path_upwards_is_where_it_says(two: Diagram, tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "in").mkdir()
    monkeypatch.chdir(tmp_path / "in")
    two.save("../x.svg")
    two.render("../y")
    assert {path.name for path in tmp_path.iterdir()} == {"in", "x.svg", "y", "y.svg"}
    assert list((tmp_path / "in").iterdir()) == []


def test_render_writes_the_text_and_the_picture_like_graphviz(two: Diagram, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert two.render("gout") == "gout.svg"
    assert Path("gout").read_text(encoding="utf-8") == two.source
    assert two.render(directory="new", cleanup=True, format="png") == os.path.join("new", "two-boxes.gv.png")
    assert [path.name for path in Path("new").iterdir()] == ["two-boxes.gv.png"]


def test_view_opens_the_rendered_picture(two: Diagram, tmp_path: Path, monkeypatch) -> None:
    opened = []
    monkeypatch.setattr("graphviz.backend.view", opened.append)
    monkeypatch.chdir(tmp_path)
    assert two.view("-x") == "-x.svg"
    assert opened == [str(tmp_path / "-x.svg")]


@pytest.mark.parametrize(("nodes", "edges"), [(MAX_NODES + 1, 0), (2, MAX_EDGES + 1)])
def test_a_giant_drawing_is_refused_with_the_counts(nodes: int, edges: int) -> None:
    diagram = Diagram()
    for index in range(nodes):
        diagram.node(f"n{index}")
    for _ in range(edges):
        diagram.edge("n0", "n1")
    with pytest.raises(
        ValueError,
        match=rf"1000 boxes and 2000 arrows, this one has {nodes} and {edges}; draw a smaller .* smaller max_width, or",
    ):
        diagram.pipe()
    assert "no picture" in diagram._repr_mimebundle_()["text/plain"]


def places(diagram: Diagram, using: str) -> dict[str, list[float]]:
    """The middle of each box, from Graphviz's plain format, in inches from the first box."""
    diagram.using = using
    words = [line.split() for line in diagram.pipe("plain", encoding="utf-8").splitlines()]
    found = {line[1]: [float(line[2]), float(line[3])] for line in words if line[0] == "node"}
    x, y = found["n0"]
    return {name: [round(u - x, 3), round(v - y, 3)] for name, (u, v) in found.items()}


@pytest.mark.parametrize("using", [pytest.param("dot", marks=pytest.mark.dot), "webassembly"])
def test_with_nop2_boxes_stay_where_they_are_put(using: str) -> None:
    diagram = Diagram(engine="nop2")
    diagram.node("n0", "x", at=(0, 0), size=(36, 36))
    diagram.node("n1", "y", at=(144, 72), size=(72, 36))
    diagram.node("n2", "z", at=(-30, 100.5))
    diagram.edge("n0", "n1", "w", through=[(18, 9), (50, 20), (90, 50), (108, 63)], label_at=(60, 50))
    assert places(diagram, using) == {"n0": [0, 0], "n1": [2, 1], "n2": [-0.417, 1.396]}
    assert 'pos="e,108,63 18,9 50,20 90,50 102.325,58.9016"' in diagram.source  # the curve ends where the head begins


def test_a_column_keeps_its_order(two: Diagram) -> None:
    for order in (["n0", "n1", "n2"], ["n2", "n0", "n1"]):
        diagram = Diagram(direction="LR")
        for name in ("n0", "n1", "n2", "n3"):
            diagram.node(name)
        for name in ("n0", "n1", "n2"):
            diagram.edge(name, "n3")
        diagram.column(*order)
        found = places(diagram, "webassembly")
        assert sorted(order, key=lambda name: -found[name][1]) == order


def test_every_name_of_the_package_is_there_and_others_are_not() -> None:
    for name in viz.__all__:
        assert callable(getattr(viz, name))
    assert set(viz.__all__) <= set(dir(viz))
    with pytest.raises(AttributeError, match="module 'viz' has no attribute 'draw_grpah'"):
        viz.draw_grpah  # noqa: B018


@pytest.mark.parametrize("boxes", [2, 20, 300])
def test_a_notebook_shows_a_picture_in_its_size_and_scrolls_a_wide_one(boxes: int) -> None:
    diagram = Diagram("A chain", using="webassembly")
    for i in range(boxes):
        diagram.node(f"n{i}", f"x_{i}")
    for i in range(boxes - 1):
        diagram.edge(f"n{i}", f"n{i + 1}", "w")
    shown = diagram._repr_mimebundle_()
    points = float(ElementTree.fromstring(shown["image/svg+xml"]).attrib["width"].removesuffix("pt"))
    assert shown["image/svg+xml"] == diagram.svg
    least, most = (
        float(x) for x in re.search(r"width:clamp\((\d+)px,100%,(\d+)px\);max-width:none", shown["text/html"]).groups()
    )
    assert most == pytest.approx(points * 4 / 3, abs=1)
    assert 0.74 < least / most < 0.76  # the smallest print, 11 points, has 11 pixels
    assert shown["text/html"].startswith('<div style="overflow-x:auto"><img ')


@pytest.mark.parametrize(
    ("label", "shown"),
    [
        ("∇_w ℒ", [("∇", ""), ("w", "_"), (" ℒ", "")]),
        ("w^2_{d,1}", [("w²", ""), ("d,1", "_")]),
        ("x^{(i)}_q", [("x⁽ⁱ⁾", ""), ("q", "_")]),
        ("x_d^q", [("x", ""), ("d", "_"), ("q", "^")]),
        ("w^2_{3,1}", [("w²₃,₁", "")]),
    ],
)
def test_indices_that_unicode_lacks_are_set_lower_and_smaller(label: str, shown: list[tuple[str, str]]) -> None:
    diagram = Diagram("letters", using="webassembly")
    diagram.node("n0", label, fontsize="20")
    (line,) = ElementTree.fromstring(diagram.svg).iter("{http://www.w3.org/2000/svg}text")
    level, found = 0.0, [(line.text, "")]
    for part in line:
        level += float(part.attrib["dy"])
        found.append((part.text, "_" if level > 0 else "^" if level < 0 else ""))
        assert part.attrib.get("font-size") == ("70%" if level else None)
    assert found == shown
