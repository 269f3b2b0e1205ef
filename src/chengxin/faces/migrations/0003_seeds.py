"""The seeds of one-time codes, which lay in clear, are wrapped under the key of the installation."""

from django.conf import settings
from django.db import migrations

from chengxin.faces import seeds


def wrap(apps, schema_editor):
    """This will wrap every seed that lies in clear; one that is wrapped stays as it is."""
    rows = apps.get_model("otp_totp", "TOTPDevice").objects.using(schema_editor.connection.alias)
    for row in rows.all():
        if seeds.is_plain(row.key):
            row.key = seeds.wrap(bytes.fromhex(row.key), row.user_id, settings.WRAP_KEY)
            row.save(update_fields=["key"])


def unwrap(apps, schema_editor):
    """This will lay the seeds open again, for the release before."""
    rows = apps.get_model("otp_totp", "TOTPDevice").objects.using(schema_editor.connection.alias)
    for row in rows.all():
        if not seeds.is_plain(row.key):
            row.key = seeds.unwrap(row.key, row.user_id, settings.WRAP_KEY).hex()
            row.save(update_fields=["key"])


class Migration(migrations.Migration):

    dependencies = [
        ("faces", "0002_my_door"),
        ("otp_totp", "0003_add_timestamps"),
    ]

    operations = [
        migrations.CreateModel(
            name="Factor",
            fields=[],
            options={"proxy": True, "indexes": [], "constraints": []},
            bases=("otp_totp.totpdevice",),
        ),
        migrations.RunPython(wrap, unwrap),
    ]
