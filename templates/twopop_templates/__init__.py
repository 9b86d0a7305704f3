"""The Jinja2 templates that come with twopop: what files and folders are called."""

from importlib.resources import files


def template(name: str) -> str:
    """The text of the template at *name* below this package (``"names/deliverable.j2"``), without its line ends.

    Raises FileNotFoundError.
    """
    return "".join(files(__name__).joinpath(name).read_text("utf-8").splitlines())
