"""Form fields: from a schema, from a Django form, by hand; errors under the field and on top."""

from __future__ import annotations

from typing import Annotated

import pytest
from django import forms
from django.template import Context, Template

from duijie.core.language import Label
from duijie.core.schema import Amount, Choices, LongText, Record, RegionCodes, ShortLine, choice, said
from duijie.web.kit import Choice, FormField, fields_of_schema


class Mode(Choices):
    LICENCE = "licence", "技术许可", "Licence"
    JOINT = "joint", "联合研发", "Joint research"


TERMS = Label("合作条件", "Terms")


class Sample(Record):
    title: Annotated[ShortLine, said("标题", "Title", example="降低能耗")]
    problem: Annotated[
        LongText | None, said("问题", "Problem", help_zh="像打电话那样说。", help_en="As on the phone.")
    ] = None
    budget: Annotated[Amount, said("预算", "Budget", group=TERMS)] = None
    mode: Annotated[choice(Mode) | None, said("方式", "Mode", group=TERMS)] = None  # type: ignore[valid-type]
    regions: Annotated[RegionCodes, said("地区", "Regions", group=TERMS)] = []


def shown(source: str, **values: object) -> str:
    return Template(source).render(Context(values))


def test_a_schema_becomes_a_form() -> None:
    fields = fields_of_schema(
        Sample, {"title": "<b>", "regions": ["330402"]}, {"budget": ["看不懂。"]}, sources={"regions": "/pick/"}
    )
    assert [(one.name, one.kind, one.required) for one in fields] == [
        ("title", "line", True),
        ("problem", "text", False),
        ("budget", "money", False),
        ("mode", "choice", False),
        ("regions", "regions", False),
    ]
    page = shown("{% form_fields fields %}", fields=fields)
    assert 'value="&lt;b&gt;"' in page
    assert "像打电话那样说。" in page
    assert '<option value="joint">联合研发</option>' in page
    assert 'data-pick="/pick/"' in page
    assert '<input type="hidden" name="regions" value="330402">' in page
    assert "南湖区" in page
    assert page.count("<fieldset") == 1
    assert 'id="f-budget-error"' in page
    assert 'aria-describedby="f-budget-error f-budget-echo"' in page


def test_the_summary_links_each_error_to_its_field() -> None:
    wrong = FormField("code", "信用代码", errors=["应为 18 位。"])
    page = shown("{% error_summary fields others %}", fields=[wrong, FormField("a", "甲")], others=["两处矛盾。"])
    assert "有 2 处需要修改" in page
    assert '<a href="#f-code">信用代码</a>' in page
    assert "两处矛盾。" in page
    assert shown("{% error_summary fields %}", fields=[FormField("a", "甲")]) == ""


@pytest.mark.parametrize(
    ("kind", "piece"),
    [
        ("line", 'type="text"'),
        ("text", "<textarea"),
        ("money", "data-money"),
        ("whole", 'inputmode="numeric"'),
        ("decimal", 'inputmode="decimal"'),
        ("date", 'type="date"'),
        ("yes_no", 'role="switch"'),
        ("words", "data-chips"),
        ("region", 'data-many="false"'),
        ("industries", 'data-many="true"'),
        ("choice", "<select"),
        ("choices", 'type="checkbox"'),
        ("radios", 'type="radio"'),
        ("password", 'type="password"'),
        ("file", "data-drop"),
        ("hidden", 'type="hidden"'),
    ],
)
def test_every_kind_has_its_control(kind: str, piece: str) -> None:
    page = shown("{% field one %}", one=FormField("x", "某项", kind, choices=[Choice("a", "甲")]))
    assert piece in page
    assert ("某项" in page) == (kind != "hidden")


def test_a_password_is_never_written_back() -> None:
    assert "secret-9" not in shown("{% field one %}", one=FormField("p", "密码", "password", "secret-9"))


def test_values_choose() -> None:
    choices = [Choice("a", "甲"), Choice("b", "乙")]
    page = shown("{% field one %}", one=FormField("x", "某项", "choices", ["b"], choices=choices))
    assert page.index('value="a"') < page.index('value="b" checked')
    assert 'value="b" selected' in shown("{% field one %}", one=FormField("x", "某项", "choice", "b", choices=choices))
    assert "checked" in shown("{% field one %}", one=FormField("x", "某项", "yes_no", True))
    assert "checked" not in shown("{% field one %}", one=FormField("x", "某项", "yes_no", "false"))


def test_a_django_form_is_shown_alike() -> None:
    class Person(forms.Form):
        name = forms.CharField(label="姓名", max_length=10)
        role = forms.ChoiceField(label="角色", choices=[("a", "甲")], widget=forms.RadioSelect)

    page = shown(
        "{% error_summary form %}{% form_field form.name %}{% form_field form.role %}", form=Person({"name": "x" * 11})
    )
    assert 'href="#id_name"' in page
    assert 'maxlength="10"' in page
    assert 'type="radio"' in page


def test_a_field_can_be_written_in_the_template() -> None:
    assert 'type="search"' in shown('{% make_field "q" "关键词" kind="search" value="a" %}')
