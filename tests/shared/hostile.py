"""Labels and names that try to be more than text: in a drawing, in a formula, in a page, in code that is generated."""

ANYWHERE = ["<b>bold</b>", '"', "\\\\", "x" * 10_000]

DRAWINGS = [
    "<TABLE><TR><TD>x</TD></TR></TABLE>",
    "<",
    ">",
    "<>",
    "<x>",
    "{a|b}",
    "<port> x | y",
    'say "hi"',
    '\\"',
    "\\",
    "ends with \\",
    "\\N \\G \\L \\E \\T \\H \\l \\r \\n",
    "&amp; &lt; &#65; &",
    "x\ny\r\nz\rw",
    "\t tab",
    "\x00\x01\x1b[31m\x7f\x85",
    "\ud800 \udfff",
    "\ufffe\uffff\ufdd0",
    "\u202eright to left\u202c \u2066x\u2069 \u200f",
    "\u2028\u2029",
    'x", URL="javascript:alert(1)", tooltip="y',
    'fontname="Evil" image="/etc/passwd" href="http://example.org"',
    "http://example.org/?a=1&b=2",
    "javascript:alert(1)",
    "<script>alert(1)</script>",
    "]]> --> <!-- <![CDATA[",
    "n0 -> n1",
    "; } digraph {",
    "url(#evil)",
    'id="evil"',
    "' onload='alert(1)",
    "-Tps",
    "../x",
    "\n" * 300,
    "é 漢字 عربى 🦆 ∂ℒ/∂w",
    "x\u0301\u0301\u0301",
    "a\u00a0b \u3000 c",
    "%n %s {0} ${x} $(x) `x`",
]

FORMULAS = [
    "$", "$$", "$x$", r"\(", r"\[", "}", "{", "}{", "{{{", "_", "^", "__", "^^", "_^_^", "x_", "x^", "^2", "_2", "x_{", "x^{2",
    "x^2^3", "x_1_2", "x^2_1^3_4", "x^{a_b}", "x_{$}", "x'", "x''^2", "x^2'", "a_b", "#1", "%comment", "a % b", "&", "a & b",
    r"\alpha", r"\end{array}", r"\text{", r"\href{javascript:alert(1)}{x}", r"\unicode{x41}", r"\def\x{y}\x", r"\require{html}",
    "~", "a~b", "</script><script>alert(1)</script>", "<img src=x onerror=alert(1)>", "&lt;", "&amp;", "'", "`",
    "a\nb", "a\r\n\tb", "\x00", "\x07bell", "\u202eevil", "\u2066x\u2069", "\ud800", "\ufffe", "é", "Ω", "漢字", "عربي", "👍", "e\u0301",
    "−", "x − y", "x*w + b", "(a)", "[b]", "|", "loss", "learning rate", "2", "3.5", "1e5", " ", "  x  ", "∂", "ℒ",
    "w^2_{3,1}", "z^2_3", "x_1", "b_3", "z^{(i)}", "x_{i,j}^{k}", "W^L", r"\ref{x}", r"\eqref{x}", "a-b--c", "x_{\\}", "x^\\",
    "@=", "@.x@", "@<a<b@<",
]  # fmt: skip

LABELS = [*ANYWHERE, *DRAWINGS, *FORMULAS]

PAGES = [
    "</script><script>window.pwned=1</script>",
    "<img src=x onerror=window.pwned=1>",
    '"><svg onload=window.pwned=1>',
    "<!--GRAPH-->",
    "<!--SCRIPT-->",
    "${window.pwned=1}`",
    "'; window.pwned=1; //",
    "\u2028\u2029</style>&lt;b&gt;&amp;",
    "__proto__",
    "\ue000\ue001",
]

CODE = ["x'); import os #", "</script>", "class", "print", "a b", "é", "__import__", "Z1\n", "eval", "_x"]

MARKUP = "</script><img src=x onerror=\"document.title='gone'\">"
