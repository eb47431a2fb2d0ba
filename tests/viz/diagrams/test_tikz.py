"""A drawing as a TikZ picture: what stands where, labels that are nothing but text, and LaTeX's own word for it."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from shared.hostile import LABELS

from autograd import Value
from nn import MLP, Neuron, squared_loss
from viz import Diagram, draw_backprop, draw_graph, draw_network, draw_neuron
from viz.style import theme
from viz.style.tex import line_latex

OURS = r"""
    begin end ifx fi csname endcsname def undefined documentclass usepackage pagestyle parindent topskip sigmagradend
    tikzpicture providecolor path node fontsize selectfont mbox scriptsize mathrm char
    textbackslash textasciicircum textasciitilde textasciigrave ss ae o l AE O L
    partial nabla mathcal infty surd vdots dots cdots cdot times leftarrow to leq geq approx prime
    alpha beta gamma delta varepsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon varphi chi psi
    omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega
"""


def compiled(source: str | Path, folder: Path, name: str = "drawing") -> Path:
    """The PDF of one page that LaTeX makes of a file that it must not object to."""
    if shutil.which("pdflatex") is None:
        pytest.skip("there is no pdflatex on PATH")
    path = folder / f"{name}.tex"
    path.write_text(source, encoding="ascii")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", path.name]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, errors="replace", timeout=300)
    assert done.returncode == 0, done.stdout[-2000:]
    assert "(1 page" in done.stdout, done.stdout[-500:]
    return folder / f"{name}.pdf"


def saved(diagram: Diagram, folder: Path) -> str:
    return diagram.save(folder / "a.tex").read_text(encoding="ascii")


def labelled(label: str) -> Diagram:
    diagram = Diagram(label, using="webassembly")
    diagram.node("n0", label)
    diagram.edge("n0", "n0", label)
    diagram.note(label)
    return diagram


def commands(source: str) -> set[str]:
    return set(re.findall(r"\\([A-Za-z]+)", source.partition("\n")[2]))


LINES = [
    ("w²₃,₁ = −0.5", "$w^{2}_{3,1}=-0.5$"),
    ("∇_w ℒ", r"$\nabla_{w}\ \mathcal{L}$"),
    ("∂ℒ/∂Z²: computed once", r"$\partial\mathcal{L}/\partial Z^{2}${:} computed once"),
    ("ℒ(g, y)", r"$\mathcal{L}(g,y)$"),
    ("f¹( · ; W¹)", r"$f^{1}(\cdot;W^{1})$"),
    ("2·(g − y)", r"$2\cdot(g-y)$"),
    ("z = wᵀx + b", "$z=w^{T}x+b$"),
    ("x⁽ⁿ⁾", "$x^{(n)}$"),
    ("x_d, w^2_{d,1}", "$x_{d},w^{2}_{d,1}$"),
    ("ReLU′(z)", r"ReLU$^{\prime}(z)$"),
    ("x^1_2^3", "$x^{1}_{2}{}^{3}$"),
    ("1e−5²", r"$1\cdot10^{-5}{}^{2}$"),
    ("f²′", r"$f^{2}{}^{\prime}$"),
    ("2.5e−7", r"$2.5\cdot10^{-7}$"),
    ("grad −0.5", "grad $-0.5$"),
    ("learnable weights (all)", "learnable weights (all)"),
    ("my_var", r"my\_var"),
    ("a-b -- c", "$a${-}$b$ {-}{-} $c$"),
    ("50% {x} #1 & ~ ^ $", r"$50$\% \{$x$\} \#$1$ \& \textasciitilde{} \textasciicircum{} \$"),
    (r"\input{x}", r"\textbackslash{}input\{$x$\}"),
    ("x_{a$b}", r"$x_{a\mbox{\scriptsize\$}b}$"),
    ("été 漢", r"\'{e}t\'{e} [U+6F22]"),
    ("ç ñ ά ǖ", r"[U+00E7] \~{n} [U+03AC] [U+01D6]"),
    ("layer, x₁ = 2", "layer{,} $x_{1}=2$"),
    ("x₁, layer = 2", "$x_{1},$ layer $=2$"),
    ("layer/x₁", "layer$/x_{1}$"),
    ("x_{max}", r"$x_{\mathrm{max}}$"),
    ("", ""),
]


@pytest.mark.parametrize(("line", "latex"), LINES)
def test_letters_indices_and_signs_are_mathematics_and_all_else_is_text(line: str, latex: str) -> None:
    assert line_latex(line) == latex


@pytest.mark.parametrize("label", LABELS)
def test_no_label_is_ever_a_command(label: str, tmp_path: Path) -> None:
    source = saved(labelled(label), tmp_path)
    assert commands(source) <= set(OURS.split())
    assert "^^" not in source
    lines = source.splitlines()
    assert [line for line in lines if "%" in re.sub(r"\\%", "", line)] == [lines[0], "\\end{tikzpicture}%"]
    for line in lines:
        plain = re.sub(r"\\[\\{}$]", "", line)
        assert plain.count("{") == plain.count("}"), line
        assert plain.count("$") % 2 == 0, line


def test_what_is_drawn_stands_where_the_svg_has_it(tmp_path: Path) -> None:
    diagram = draw_neuron(Neuron(2, "relu", seed=0), [1.0, 2.0])
    layout = json.loads(diagram.pipe("json"))
    source = saved(diagram, tmp_path)
    circles = [op["rect"] for thing in layout["objects"] for op in thing.get("_draw_", []) if op["op"] == "E"]
    assert len(circles) == source.count("ellipse") == 5
    for x, y, a, b in circles:
        assert f"({x:.6g},{y:.6g}) ellipse [x radius={a:.6g}, y radius={b:.6g}]" in source
    texts = [op for thing in layout["objects"] for op in thing["_ldraw_"] if op["op"] == "T"]
    assert len(texts) == source.count(r"\node")
    assert source.count(" .. controls ") == len(layout["edges"])


@pytest.mark.parametrize("using", ["webassembly", pytest.param("dot", marks=pytest.mark.dot)])
def test_a_graph_has_the_engines_places_and_needs_no_dot(using: str, tmp_path: Path) -> None:
    x = Value(3.0, label="x_1")
    loss = (x * x).tanh()
    loss.backward()
    slope = theme.number(x.grad).replace("e−6", r"\cdot10^{-6}").replace("e−7", r"\cdot10^{-7}")
    diagram = draw_graph(loss, view="operations", direction="TB")
    diagram.using = using
    source = saved(diagram, tmp_path)
    assert "{$x_{1}=3$};" in source
    assert r"{$\times$};" in source
    assert f"{{grad ${slope}$}};" in source
    assert source.index("documentclass") < source.index("tikzpicture}") < source.index(r"\end{tikzpicture}")


@pytest.mark.parametrize("using", ["webassembly", pytest.param("dot", marks=pytest.mark.dot)])
def test_colours_widths_dashes_and_sizes_are_the_themes(using: str, tmp_path: Path) -> None:
    diagram = Diagram("styles", engine="nop2", using=using)
    diagram.node("n0", "1", at=(0, 0), **theme.BOX["one"])
    diagram.node("n1", "x = 2\ngrad −0.5", at=(200, 0), **theme.BOX["result"])
    diagram.node("n2", "y", at=(100, 200), style="solid", color="#00000000")
    way = [(20, 0), (70, 0), (120, 0), (180, 0)]
    diagram.edge(
        "n0", "n1", "b", **theme.ARROW["parameter"], style="dashed", penwidth="2.5", through=way, label_at=(100, 10)
    )
    diagram.edge("n0", "n1", **theme.ARROW["brace"], through=way)
    diagram.note("older")
    assert 'lp="100,10"' in diagram.source
    source = saved(diagram, tmp_path)
    assert re.findall(r"\\path\[([^]]*)\] \([^;]*;", source)[1:] == [
        "draw=sgfaint, line width=1bp, dashed, fill=sgpage",
        "draw=sggreen, line width=1bp, fill=sgE3F4EE",
        "draw=sglearnable, line width=2.5bp, dashed",
        "draw=sglearnable, line width=2.5bp, fill=sglearnable",  # its head
        "draw=sggradient, line width=1.5bp",
    ]
    assert source.count(" -- cycle;") == 2  # the head, and the box of a result
    assert re.findall(r"text=(\w+), font=\\fontsize{(\d+)bp}.* {(.*)};", source) == [
        ("sgink", "13", "$1$"),
        ("sgink", "13", "$x=2$"),
        ("sggradient", "13", "grad $-0.5$"),
        ("sglearnable", "11", "$b$"),
        ("sgink", "13", "$y$"),
        ("sggradient", "14", "older"),
    ]


def test_a_frame_that_a_user_draws_with_graphviz_itself_is_there(tmp_path: Path) -> None:
    diagram = labelled("w_1")
    with diagram.digraph.subgraph(name="cluster_layer") as frame:
        frame.attr(label="my layer")
        frame.node("n0")
    text = saved(diagram, tmp_path)
    assert text.count(r"\path[draw") == 4  # the frame, the box, its arrow and the arrow's head
    assert text.index("{my layer}") < text.index("{$w_{1}$}")


def test_a_white_page_is_left_to_the_slide(tmp_path: Path) -> None:
    source = saved(Diagram("empty", using="webassembly"), tmp_path)
    assert "fill" not in source


# --- with LaTeX -------------------------------------------------------------------------------------------------------


@pytest.mark.long
def test_every_figure_of_the_lecture_compiles_and_looks_like_its_svg(tmp_path: Path) -> None:
    numpy, image = pytest.importorskip("numpy"), pytest.importorskip("matplotlib.image")
    from viz.gallery.figures import LECTURE

    drawings = {figure.slug: made for figure in LECTURE if isinstance(made := figure.make(), Diagram)}
    assert len(drawings) >= 25

    def ink(path: Path) -> object:
        """How dark each of 9 × 16 parts of a picture is, its white border apart."""
        dark = 1 - image.imread(path)[..., :3].mean(axis=2)
        rows, columns = numpy.nonzero(dark > 0.1)
        dark = dark[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
        places = [numpy.linspace(0, n, parts + 1).astype(int) for n, parts in zip(dark.shape, (9, 16), strict=True)]
        return numpy.add.reduceat(numpy.add.reduceat(dark, places[0][:-1], 0), places[1][:-1], 1)

    for slug, diagram in drawings.items():
        pdf = compiled(saved(diagram, tmp_path), tmp_path, slug)
        command = ["pdftoppm", "-png", "-singlefile", "-r", "144", pdf.name, slug]
        subprocess.run(command, cwd=tmp_path, check=True, timeout=300)
        (tmp_path / "svg.png").write_bytes(diagram.pipe("png"))
        alike = numpy.corrcoef(ink(tmp_path / f"{slug}.png").ravel(), ink(tmp_path / "svg.png").ravel())[0, 1]
        assert alike > 0.9, (slug, alike)


@pytest.mark.long
def test_hostile_labels_compile_as_text(tmp_path: Path) -> None:
    (tmp_path / "secret.tex").write_text("SECRET")
    labels = [*LABELS, r"\input{secret}", r"\write18{ls}"]
    lines = dict.fromkeys(
        line for label in labels for line in label.replace("\r", "\n").split("\n") if len(line) < 2000
    )
    held = [rf"\node[anchor=base west] at (0,{12 * i}) {{{line_latex(line)}}};" for i, line in enumerate(lines)]
    height = 12 * len(held)
    frame = saved(Diagram("empty", using="webassembly"), tmp_path)
    frame = re.sub(r"paperwidth=.*,margin", f"paperwidth=900bp,paperheight={height + 1}bp,margin", frame)
    frame = re.sub(r"box\] .*;", f"box] (0,0) rectangle (899,{height});", frame)
    pdf = compiled(frame.replace(r"\end{tikzpicture}", "\n".join([*held, r"\end{tikzpicture}"])), tmp_path)
    text = subprocess.run(["pdftotext", pdf, "-"], capture_output=True, text=True, check=True).stdout
    assert "SECRET" not in text
    assert "\\input{secret}" in text
    assert "alert(1)" in text


@pytest.mark.long
@pytest.mark.parametrize(
    "make",
    [
        lambda: draw_neuron(Neuron(2, "sigmoid", seed=0), [1.0, 2.0]),
        lambda: draw_network(MLP(2, [3, 1], seed=0), [1.0, 2.0]),
        lambda: draw_backprop(MLP(2, [3, 3, 1], seed=0), loss=squared_loss),
    ],
)
def test_it_is_put_into_a_document_of_ones_own(make: Callable[[], Diagram], tmp_path: Path) -> None:
    saved(make(), tmp_path)
    colour = r"\definecolor{sglearnable}{HTML}{0000FF}"
    text = r"before \resizebox{\textwidth}{!}{\input{a}} after \input{a} end"
    page = r"\textheight=750pt"  # the network is 440 high: in full and in the text's width it needs more than article's 550
    document = rf"\documentclass{{article}}\usepackage{{tikz}}{page}{colour}\begin{{document}}{text}\end{{document}}"
    compiled(document, tmp_path)
