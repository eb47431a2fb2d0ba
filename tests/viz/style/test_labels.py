"""Labels are text: whatever a user calls a Value is shown, and nothing in it is interpreted."""

import re
import xml.etree.ElementTree as ElementTree
from html import escape

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from shared import hostile

from autograd import Op, Value, weighted_sum
from viz import Diagram, draw_graph
from viz.derivation.explain import explain
from viz.derivation.latex import label_latex
from viz.style.labels import LONGEST, clean, pieces, quoted, slug, written

SVG = "{http://www.w3.org/2000/svg}"

WRITTEN = [
    ("x_1", "x₁"),
    ("w^2_{3,1}", "w²₃,₁"),
    ("b^2_3", "b²₃"),
    ("z^{12}_{10}", "z¹²₁₀"),
    ("a^j", "aʲ"),
    ("x^{(i)}", "x⁽ⁱ⁾"),
    ("∂L/∂W^2", "∂L/∂W²"),
    ("2^x", "2ˣ"),
    ("x_d", "x_d"),  # Unicode has no such letter
    ("w_{d,1}", "w_{d,1}"),
    ("my_var", "my_var"),
    ("snake_case_name", "snake_case_name"),
    ("__init__", "__init__"),
    ("_1", "_1"),
    ("x_", "x_"),
    ("x_{}", "x_{}"),
    ("x_{1", "x_{1"),
    ("", ""),
]


@pytest.mark.parametrize(("label", "shown"), WRITTEN)
def test_the_lectures_notation_is_written_in_unicode(label: str, shown: str) -> None:
    assert written(label) == shown


@pytest.mark.parametrize("text", [*hostile.LABELS, "x" * 200, "x" * 201])
def test_clean_text_can_stand_in_xml_and_is_short(text: str) -> None:
    shown = clean(text)
    ElementTree.fromstring("<t>" + escape(shown) + "</t>")
    assert len(shown) <= LONGEST
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]", shown)
    assert clean(shown) == shown


def test_clean_replaces_one_by_one_and_marks_a_cut() -> None:
    assert clean("a\x00b\ud800c") == "a\ufffdb\ufffdc"
    assert clean("x" * 200) == "x" * 200
    assert clean("x" * 201) == "x" * 199 + "…"
    assert clean("a\r\nb\rc\td") == "a\nb\nc d"


@pytest.mark.parametrize("text", hostile.LABELS)
def test_a_dot_string_ends_where_it_ends(text: str) -> None:
    assert re.fullmatch(r'"(?:[^"\\\n]|\\["\\n])*"', quoted(text))


@pytest.mark.parametrize("title", [*hostile.LABELS, "", ".", "..", "CON/../x", "A neuron"])
def test_a_slug_is_a_harmless_file_name(title: str) -> None:
    assert re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", slug(title))
    assert len(slug(title)) <= 60


# --- in the picture ---------------------------------------------------------------------------------------------------

FORBIDDEN_TAGS = {"script", "a", "image", "use", "foreignObject", "style", "link", "iframe", "animate", "set"}


def texts(element: ElementTree.Element) -> str:
    """What a box shows, without spaces and line ends: Graphviz makes lines of a label, and of spaces no-break ones."""
    return re.sub(r"\s", "", "".join("".join(text.itertext()) for text in element.iter(f"{SVG}text")))


def parsed(svg: str) -> ElementTree.Element:
    """The SVG, after a look for anything that runs or is loaded."""
    root = ElementTree.fromstring(svg)
    for element in root.iter():
        assert element.tag.removeprefix(SVG) not in FORBIDDEN_TAGS
        for name in element.attrib:
            assert "href" not in name.lower()
            assert not name.lower().startswith("on")
        fonts = element.attrib.get("font-family")
        assert fonts in (None, "Helvetica,sans-Serif")
        assert element.attrib.get("style") is None
        for key, value in element.attrib.items():
            assert key == "aria-label" or "url(" not in value
    return root


def check_picture(label: str, using: str) -> None:
    """A graph whose every text is the label: as many boxes and arrows as it should have, and each shows the text."""
    x, w = Value(1.0, label=label), Value(2.0, label=label)
    diagram = draw_graph(weighted_sum([w], [x]) * x, view="operations")
    diagram.using, diagram.title = using, label
    diagram.node("extra", label)
    diagram.edge("n0", "extra", label)
    root = parsed(diagram.svg)
    groups: dict[str, list[ElementTree.Element]] = {"node": [], "edge": []}
    for group in root.iter(f"{SVG}g"):
        if group.attrib["class"] in groups:
            groups[group.attrib["class"]].append(group)
    assert {kind: len(found) for kind, found in groups.items()} == {"node": 7, "edge": 7}
    shown = re.sub(r"\s", "", "".join(piece.text for piece in pieces(written(label))))  # x_{q} has a lowered q
    boxes = {box.find(f"{SVG}title").text: texts(box) for box in groups["node"]}  # type: ignore[union-attr]
    assert boxes["extra"] == shown
    assert boxes["n0"] == (f"{shown}=2" if label else "2") or len(label) > 150
    assert any(texts(arrow) == shown for arrow in groups["edge"])
    assert len({element.attrib["id"] for element in root.iter() if "id" in element.attrib}) == 7 + 7 + 1


def test_labels_with_other_indices_are_drawn_apart() -> None:
    a, b, c = (Value(float(i), label=label) for i, label in enumerate(("w_1_12", "w_11_2", "w_112"), 1))
    L = a * b * c
    L.label = "L"
    root = ElementTree.fromstring(draw_graph(L, view="operations").svg)
    found = {text.text for text in root.iter(f"{SVG}text")}
    assert {"w₁,₁₂ = 1", "w₁₁,₂ = 2", "w₁₁₂ = 3"} <= found
    assert str(explain(L, a)).startswith("∂L/∂w₁,₁₂ = ∂L/∂v₁ · ∂v₁/∂w₁,₁₂\n")
    assert len({label_latex(leaf.label) for leaf in (a, b, c)}) == 3


@pytest.mark.parametrize(
    ("one", "other", "text", "latex"),
    [
        ("w_{3,1}", "w_3,1", "w₃,₁", "w_{3,1}"),
        ("w_1_12", "w_{1,12}", "w₁,₁₂", "w_{1,12}"),
        ("w^2_3_1", "w^2_{3,1}", "w²₃,₁", "w^{2}_{3,1}"),
        ("x^1^2", "x^{1,2}", "x¹,²", "x^{1,2}"),
    ],
)
def test_one_name_written_in_two_ways_is_one(one: str, other: str, text: str, latex: str) -> None:
    assert written(one) == written(other) == text
    assert label_latex(one) == label_latex(other) == latex


def test_a_comma_that_belongs_to_the_sentence_stays_where_it_is() -> None:
    assert written("x_1, x_2") == "x₁, x₂"
    assert written("f(x_1,y)") == "f(x₁,y)"
    assert written("my_var_1,2b") == "my_var₁,2b"


def test_values_whose_labels_look_the_same_are_told_apart_in_a_derivation() -> None:
    x, y = Value(2.0, label="x_1"), Value(3.0, label="x₁")
    assert "x₁⁽¹⁾" in str(explain(x * y, x))


ENGINES = [pytest.param("dot", marks=pytest.mark.dot), "webassembly"]


@pytest.mark.parametrize("using", ENGINES)
@pytest.mark.parametrize("label", hostile.LABELS, ids=range(len(hostile.LABELS)))
def test_hostile_labels_are_shown_as_text(label: str, using: str) -> None:
    check_picture(label, using)


PIECES = st.sampled_from([*hostile.LABELS, "^", "_", "{", "}", "^{", "_{1}", "\\", '"', "&", "<", ">", "\n", "|"])
ANY_TEXT = st.text(max_size=300) | st.text(st.characters(codec=None)) | st.lists(PIECES, max_size=6).map("".join)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ANY_TEXT)
@example("\\" * 9 + '"')
def test_any_label_is_shown_as_text(label: str) -> None:
    check_picture(label, "webassembly")


@pytest.mark.long
@pytest.mark.parametrize("using", ENGINES)
def test_very_many_labels_are_shown_as_text(using: str) -> None:
    @settings(max_examples=3000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(ANY_TEXT)
    def check(label: str) -> None:
        check_picture(label, using)

    check()


@pytest.mark.parametrize("label", hostile.LABELS, ids=range(len(hostile.LABELS)))
def test_the_page_and_the_names_of_a_hostile_diagram_are_safe(label: str, tmp_path) -> None:
    diagram = Diagram(label, using="webassembly")
    diagram.node("n0", label)
    page = diagram.save(tmp_path / "page.html").read_text(encoding="utf-8")
    assert "<script" not in page.lower()
    assert page.count("<title>") == 3  # of the page, of the picture and of the box
    diagram.render(directory=tmp_path)
    assert all(re.fullmatch(r"[a-z0-9-]+(\.gv(\.svg)?|\.html)", path.name) for path in tmp_path.iterdir())


@pytest.mark.parametrize("view", ["lecture", "operations"])
def test_the_symbol_and_the_settings_of_a_users_op_are_text_too(view: str) -> None:
    hostile = '<b>"\\N&'
    op = Op(hostile, lambda z, kind: z, [lambda a, z, kind: 1.0], settings={"kind": hostile})
    diagram = draw_graph(op(weighted_sum([Value(1.0)], [Value(2.0)])), view=view)
    diagram.using = "webassembly"
    root = parsed(diagram.svg)
    assert any(
        texts(group).endswith(f"{hostile}kind{hostile}")
        for group in root.iter(f"{SVG}g")
        if group.get("class") == "node"
    )
