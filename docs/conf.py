"""How Sphinx builds the site: `make docs`, or `sphinx-build docs docs/_build/html`.

Nothing is fetched while it is built, and the pages need no network either.
"""

import inspect
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parent
GENERATED = HERE / "_generated"
sys.path.insert(0, str(HERE))

import autograd_core  # noqa: E402
from autograd_core import Operation  # noqa: E402
from building import course, docstrings, public, reference, rows  # noqa: E402

project = "autograd-core"
author = "the authors of autograd-core"
version = release = autograd_core.__version__
extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "myst_nb",
    "building.mathematics",
]
exclude_patterns = ["_build", "gallery"]
templates_path: list[str] = []
nitpicky = True
# Names of other packages and of internals in signatures: nothing is fetched to link them.
nitpick_ignore_regex = [(r"py:.*", r"(?!autograd_core\.|nn\.).*")]

html_theme = "furo"
html_title = "autograd-core"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_math_renderer = "mathml"
html_show_copyright = False
html_show_sphinx = False
html_copy_source = False
html_theme_options = {"navigation_with_keys": True}
pygments_style = "default"

myst_enable_extensions = ["dollarmath", "amsmath", "colon_fence"]
myst_heading_anchors = 3
nb_execution_mode = "off"
nb_merge_streams = True

autosummary_generate = False
autodoc_typehints = "none"
autodoc_inherit_docstrings = False
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
python_maximum_signature_line_length = 88
add_module_names = False

LINKS = public.links()


def generate(_app: Any = None) -> None:
    """Write the generated pages; those that are as before are left alone."""
    written = set()

    def into(folder: str) -> Any:
        def put(path: str, text: str) -> None:
            file = GENERATED / folder / path
            written.add(file)
            file.parent.mkdir(parents=True, exist_ok=True)
            if not file.exists() or file.read_text(encoding="utf-8") != text:
                file.write_text(text, encoding="utf-8")

        return put

    course.write_pages(ROOT / "notebooks", into("course"))
    reference.write_pages(into("reference"))
    rows.write_pages(ROOT, into("tests"))
    for file in GENERATED.rglob("*"):
        if file.is_file() and file not in written:
            file.unlink()


def translate(_app: Any, what: str, name: str, x: Any, options: Any, lines: list[str]) -> None:
    """Docstrings become reStructuredText."""
    lines[:] = docstrings.to_rest(lines, LINKS)


def name_inputs(
    _app: Any, what: str, name: str, x: Any, options: Any, signature: str, returns: str
) -> tuple[str, str] | None:
    """An operation without options is called with the inputs of its `forward`."""
    if what != "class" or not issubclass(x, Operation) or x is Operation:
        return None
    if x.__init__ is Operation.__init__:
        inputs = list(inspect.signature(x.forward).parameters.values())[1:]
        return f"({', '.join(str(p).partition(':')[0] for p in inputs)})", ""
    return None


def leave_out(_app: Any, what: str, name: str, x: Any, skip: bool, options: Any) -> bool | None:
    """Fields of named tuples without a docstring of their own, and what scikit-learn adds."""
    of_tuple = (inspect.getdoc(x) or "").startswith("Alias for field number")
    of_sklearn = name.startswith("set_") and name.endswith("_request")
    return True if of_tuple or of_sklearn else None


def link_rows(_app: Any, document: str, source: list[str]) -> None:
    if document == "rows":
        source[0] = rows.linked(source[0])


def setup(app: Any) -> None:
    app.connect("builder-inited", generate)
    app.connect("autodoc-process-docstring", translate)
    app.connect("autodoc-process-signature", name_inputs)
    app.connect("autodoc-skip-member", leave_out)
    app.connect("source-read", link_rows)
