"""A new installation's first people: made at the command line, then able to log in."""

from pathlib import Path

from tests.city.built import City


def test_an_account_with_its_posts_is_made_and_given_more(tmp_path: Path) -> None:
    city = City(tmp_path / "home")
    made = city.json("official", "wang", "--name", "王示例", "--agency", "yz-price", "--role", "case_officer")
    assert [held["role"] for held in made["roles"]] == ["case_officer"]
    assert len(made["password"]) > 12
    again = city.json("official", "wang", "--role", "head")
    assert again["password"] == "", "shown once, never again"
    assert {held["role"] for held in again["roles"]} == {"case_officer", "head"}
    told = city.python(
        "import sys, json; from pathlib import Path; from chengxin.faces import boot; "
        f"boot.setup_django(Path({str(city.home)!r})); from django.contrib.auth import authenticate; "
        "from django.test import RequestFactory; "
        "who = authenticate(RequestFactory().post('/desk/login'), username='wang', password=sys.argv[1]); "
        "print(json.dumps(who.username if who else None))",
        made["password"],
    )
    assert told == "wang"


def test_what_is_missing_or_unknown_is_said(tmp_path: Path) -> None:
    city = City(tmp_path / "home")
    city.run("official", "li", status=1)
    city.run("official", "li", "--name", "李示例", "--agency", "nowhere", status=1)
    city.run("official", "li", "--role", "emperor", status=2)
    city.json("official", "li", "--name", "李示例", "--agency", "yz-price", "--role", "auditor")
    city.run("official", "li", "--role", "sysadmin", status=1)
    assert city.rows("select count(*) from ledger_assignment a join ledger_official o on o.id = a.official_id "
                     "where o.username = 'li'") == [(1,)]  # fmt: skip


def test_once_the_three_are_in_office_only_they_do_it(tmp_path: Path) -> None:
    city = City(tmp_path / "home")
    body = ("--agency", "yz-credit")
    for username, role in (("xi", "sysadmin"), ("an", "secadmin"), ("fu", "secadmin")):
        told = city.json("official", username, "--name", f"{username}某", *body, "--role", role)
        assert "auditor" in told["vacant"]
    assert city.json("official", "shen", "--name", "审某", *body, "--role", "auditor")["vacant"] == []
    wang = ("official", "wang", "--name", "王示例", "--agency", "yz-price")
    city.run(*wang, status=1)
    city.run(*wang, "--as", "an", status=1)
    assert city.json(*wang, "--as", "xi")["password"]
    city.run("official", "wang", "--role", "head", "--as", "xi", status=1)
    asked = city.json("official", "wang", "--role", "head", "--as", "an")
    assert (asked["roles"], asked["asked"]) == ([], ["head"])
    city.run("official", "wang", "--role", "head", "--as", "an", status=1)
    held = city.json("official", "wang", "--role", "head", "--as", "fu")
    assert [one["role"] for one in held["roles"]] == ["head"]
    assert city.json("official", "wang", "--withdraw", "head", "--as", "fu")["roles"] == []
    city.run("official", "shen", "--close", "离任", "--as", "xi", status=1)
    assert not city.json("official", "wang", "--close", "离任", "--as", "xi")["active"]
