"""The menu as a picture: a tree from the first question to queues and destinations, drawn as SVG, with counts where there is traffic.

Decides what is drawn where. A node is drawn whole where it is met first, and by its name alone where another branch leads to it; those that
are drawn whole come last among their neighbours, so that the keys of one menu stand together. Pure; colours follow the reader's light or
dark scheme.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from unicodedata import east_asian_width
from xml.sax.saxutils import escape

from ivr.menu import Branch, Input, Menu, MenuPlan, Node, Notice, ways_on
from ivr.traffic import Traffic

_PLAIN = {("urgent", "yes"): "urgent", ("urgent", "no"): "not urgent", ("callback", "yes"): "callback", ("callback", "no"): "no callback"}
ROW = 34
BOX_WIDTH, BOX_HEIGHT = 190, 24
MARGIN = 16
BEND = 14
"""From a box to where its lines part."""
LABEL_GAP = 6
LEAST_LABEL = 90
CHARACTER = 6.4
"""Width of a bold letter of a label, on average; Chinese ones take two."""
LONGEST_TEXT = 27

STYLE = """
  text { font: 12px sans-serif; fill: #1b1f24 } .soft { fill: #5b6570 } .key { font-weight: bold } .lost { fill: #b3261e }
  rect { fill: #eef2f7; stroke: #8a97a6 } .end rect { fill: #e3f1e5 } .out rect { fill: #f6ecd9 }
  .again rect { fill: none; stroke-dasharray: 3 } path { fill: none; stroke: #8a97a6 }
  @media (prefers-color-scheme: dark) { text { fill: #e8eaed } .soft { fill: #a4adb8 } .lost { fill: #ff8a80 }
    rect { fill: #2a313a } .end rect { fill: #24402a } .out rect { fill: #453a22 } }
"""


@dataclass(slots=True)
class _Box:
    """One node or end of the tree; ``label`` is on the line that leads to it."""

    kind: str
    text: str
    hint: str
    label: str = ""
    counts: str = ""
    below: list[_Box] = field(default_factory=list)
    column: int = 0
    row: int = 0
    x: float = 0.0


def picture(plan: MenuPlan, texts: Mapping[str, Mapping[str, str]], traffic: Traffic | None = None) -> str:
    """The SVG document. ``texts`` are the prompts' (name -> language -> text), shown when the pointer rests on a box."""
    root = _Drawing(plan, texts, traffic).tree()
    rows = _place(root, 0, 0)
    boxes = list(_all(root))
    _line_up(boxes)
    width = round(max(box.x for box in boxes) + BOX_WIDTH + MARGIN)
    lines = "\n".join(_line(box, child) for box in boxes for child in box.below)
    drawn = "\n".join(_drawn(box) for box in boxes)
    height = rows * ROW + 2 * MARGIN
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height:g}" width="{width}" height="{height:g}" role="img">\n'
        f"<title>{escape(_title(traffic))}</title>\n<style>{STYLE}</style>\n{lines}\n{drawn}\n</svg>\n"
    )


def _title(traffic: Traffic | None) -> str:
    return "menu" if traffic is None else f"menu, {traffic.calls} calls"


class _Drawing:
    """What the tree is made of."""

    def __init__(self, plan: MenuPlan, texts: Mapping[str, Mapping[str, str]], traffic: Traffic | None) -> None:
        self._plan = plan
        self._texts = texts
        self._traffic = traffic
        self._drawn: set[str] = set()

    def tree(self) -> _Box:
        """The first node with all that follows."""
        return self._node(self._plan.start)

    def _node(self, name: str) -> _Box:
        node = self._plan.node(name)
        if node is None or name in self._drawn:
            return _Box("again", f"→ {name}", "")
        self._drawn.add(name)
        box = _Box("node", name, self._said(node))
        box.counts = self._lost(name)
        below = [self._branch(node, branch) for branch in ways_on(node) if branch.go is None]
        box.below = sorted(below, key=lambda one: bool(one.below))
        return box

    def _branch(self, node: Node, branch: Branch) -> _Box:
        box = self._target(branch)
        box.label = branch.choice if branch.key == "" else f"{branch.key}  {branch.choice}"
        if self._traffic is not None:
            box.label += self._share((node.id, branch.choice))
        return box

    def _target(self, branch: Branch) -> _Box:
        if branch.next is not None:
            return self._node(branch.next)
        if branch.to is not None:
            return _Box("out", f"⇥ {branch.to}", "")
        return _Box("end", "queue", ", ".join(_PLAIN.get((fact, value), value) for fact, value in branch.sets.items()))

    def _said(self, node: Node) -> str:
        match node:
            case Menu() | Input():
                names: tuple[str, ...] = (node.prompt,)
            case Notice():
                names = tuple(item if isinstance(item, str) else f"{item.kind}:{item.value}" for item in node.prompts)
        return "\n".join(text for name in names for text in self._texts.get(name, {"": name} if ":" in name else {}).values())

    def _share(self, branch: tuple[str, str]) -> str:
        assert self._traffic is not None
        handed_on = self._traffic.handed_on[branch]
        return f"  ·  {self._traffic.taken[branch]}" + (f" ({handed_on} ↷)" if handed_on else "")

    def _lost(self, name: str) -> str:
        lost = self._traffic.gave_up[name] if self._traffic is not None else 0
        return f"✕ {lost}" if lost else ""


# ---- where and how ---------------------------------------------------------------------------------------------------------------


def _place(box: _Box, column: int, row: int) -> int:
    """Give the box and what is below it places from ``row`` on, so that the picture begins at the top left; the first row that is free
    after them.
    """
    box.column, box.row = column, row
    following = row
    for child in box.below:
        following = _place(child, column + 1, following)
    return max(following, row + 1)


def _line_up(boxes: list[_Box]) -> None:
    """Columns as far apart as the labels between them are long."""
    x = float(MARGIN)
    for column in range(max(box.column for box in boxes) + 1):
        here = [box for box in boxes if box.column == column]
        if column:
            x += BOX_WIDTH + BEND + LABEL_GAP + max(LEAST_LABEL, *(_width(box.label) for box in here)) + LABEL_GAP
        for box in here:
            box.x = x


def _width(text: str) -> float:
    return CHARACTER * sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def _all(box: _Box) -> Iterator[_Box]:
    yield box
    for child in box.below:
        yield from _all(child)


def _corner(box: _Box) -> tuple[float, float]:
    return box.x, MARGIN + box.row * ROW


def _line(box: _Box, child: _Box) -> str:
    (x, y), (to_x, to_y) = _corner(box), _corner(child)
    begin, middle = x + BOX_WIDTH, BOX_HEIGHT / 2
    bend = begin + BEND
    label = f'<text class="key" x="{bend + LABEL_GAP:g}" y="{to_y + middle - 4:g}">{escape(child.label)}</text>'
    return f'<path d="M{begin:g} {y + middle:g} H{bend:g} V{to_y + middle:g} H{to_x:g}"/>{label}'


def _drawn(box: _Box) -> str:
    x, y = _corner(box)
    hint = f"<title>{escape(box.hint)}</title>" if box.hint else ""
    lost = f'<text class="lost" x="{x + BOX_WIDTH - 6:g}" y="{y + 16:g}" text-anchor="end">{box.counts}</text>' if box.counts else ""
    return (
        f'<g class="{box.kind}">{hint}<rect x="{x:g}" y="{y:g}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="4"/>'
        f'<text x="{x + 8:g}" y="{y + 16:g}">{escape(_short(box))}</text>{lost}</g>'
    )


def _short(box: _Box) -> str:
    text = f"{box.text}: {box.hint}" if box.kind == "end" and box.hint else box.text
    return text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 1]}…"
