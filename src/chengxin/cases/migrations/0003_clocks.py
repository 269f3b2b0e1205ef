from django.db import migrations, models
from django.db.models import Case, CharField, DateField, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, Least

ENDED = ("taken_out", "lapsed", "revoked", "repaired")
FAR = Value("9999-12-31", output_field=DateField())
DAYS = ("due_on", "answer_by", "review_on", "ends_on")


def fill(apps, schema_editor):
    """This will copy body and region of each case, and find the clock that runs out first."""
    standpoint, case = apps.get_model("cases", "Standpoint"), apps.get_model("cases", "Case")
    own = case.objects.filter(pk=OuterRef("case_id"))
    standpoint.objects.update(agency=Subquery(own.values("agency")), region=Subquery(own.values("region")))
    running = standpoint.objects.exclude(state__in=ENDED)
    first = Least(*(Coalesce(F(name), FAR) for name in DAYS))
    running.exclude(**{name: None for name in DAYS}).update(clock_on=first)
    named = Case(
        When(clock_on=F("due_on"), state="served", then=Value("statement")),
        When(clock_on=F("due_on"), then=Value("step")),
        When(clock_on=F("answer_by"), then=Value("objection")),
        When(clock_on=F("review_on"), then=Value("review")),
        When(clock_on=F("ends_on"), then=Value("end")),
        default=Value(""),
        output_field=CharField(),
    )
    running.filter(~Q(clock_on=None)).update(clock=named)


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_standpoint_answer_by")]

    operations = [
        migrations.AddField(
            "standpoint", "clock", models.CharField(max_length=16, blank=True, default=""), preserve_default=False
        ),
        migrations.AddField("standpoint", "clock_on", models.DateField(null=True, blank=True)),
        migrations.AddField(
            "standpoint", "agency", models.CharField(max_length=60, blank=True, default=""), preserve_default=False
        ),
        migrations.AddField(
            "standpoint", "region", models.CharField(max_length=6, blank=True, default=""), preserve_default=False
        ),
        migrations.AddField("standpoint", "suspended", models.BooleanField(default=False)),
        migrations.RunPython(fill, migrations.RunPython.noop),
        *(
            migrations.AddIndex("standpoint", models.Index(fields=fields, name=f"cases_standpoint_{name}"))
            for name, fields in {
                "clock": ["agency", "clock", "clock_on"],
                "due": ["agency", "clock_on"],
                "region": ["region", "clock_on"],
                "day": ["clock_on"],
            }.items()
        ),
        migrations.AddIndex("act", models.Index(fields=["kind", "on"], name="cases_act_kind")),
    ]
