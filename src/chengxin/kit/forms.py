"""Questions: an error summary that links to each field, and «check your answers» before anything is said.

::

    asked = ask(visit, ReasonForm, review=True)
    if asked.done:
        ...act...
        return visit.go("desk:case", number=number)
    return visit.render("kit/ask.html", asked=asked, title="撤回批次", submit="撤回")

The first POST shows the answers to be checked; only the second, which carries the same answers, is ``done``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from django.http import QueryDict

    from chengxin.kit.pages import Visit


OURS = frozenset({"csrfmiddlewaretoken", "confirmed", "change"})


class DayInput(forms.DateInput):
    """The browser's own field for a day: written as it wants it, in any language."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%d")


@dataclass
class Asked:
    """A form on its way: ``done`` once its answers are valid and, where asked for, confirmed."""

    form: forms.Form
    done: bool
    checking: bool

    @property
    def answers(self) -> list[tuple[forms.BoundField, str]]:
        """This will give each question with the answer as the person will read it."""
        return [
            (bound, shown(bound, self.form.cleaned_data.get(bound.name)))
            for bound in self.form.visible_fields()
        ]

    @property
    def carried(self) -> list[tuple[str, str]]:
        """This will give the raw answers, to be sent again with the confirmation."""
        said = cast("QueryDict", self.form.data).lists()
        return [(name, value) for name, values in said if name not in OURS for value in values]


def ask(visit: Visit, form: type[forms.Form], *, review: bool = False, **given: Any) -> Asked:
    """This will put the questions, read the answers, and say whether the page may act on them.

    ``given`` goes to the form (``initial=…`` and what its ``__init__`` takes). Upload fields cannot be
    carried through a review; ask for them on a page without one.
    """
    request = visit.request
    if request.method != "POST" or "change" in request.POST:
        bound = form(request.POST, **given) if request.method == "POST" else form(**given)
        return Asked(bound, done=False, checking=False)
    filled = form(request.POST, request.FILES, **given)
    for question in filled.fields.values():
        question.error_messages["required"] = _("这一项还没有填。")
    if not filled.is_valid():
        return Asked(filled, done=False, checking=False)
    confirmed = not review or "confirmed" in request.POST
    return Asked(filled, done=confirmed, checking=not confirmed)


def shown(bound: forms.BoundField, value: Any) -> str:
    """This will write an answer as words: the label of a choice, 是/否 for a tick, a dash for nothing."""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if value in (None, "", []):
        return "—"
    choices = getattr(bound.field, "choices", None)
    if choices:
        words = {str(key): str(word) for key, word in choices}
        many = value if isinstance(value, list | tuple) else [value]
        return "、".join(words.get(str(one), str(one)) for one in many)
    return str(value)
