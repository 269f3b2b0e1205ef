from typing import ClassVar

from django.db import migrations, models


def close_agents(apps, schema_editor):
    """An account that stood for somebody else opens nothing more: its party gives a mandate, which is an act."""
    account = apps.get_model("faces", "Account")
    account.objects.filter(agent=True).update(until=models.F("since"))


class Migration(migrations.Migration):
    dependencies: ClassVar = [("faces", "0003_seeds")]
    operations: ClassVar = [
        migrations.RunPython(close_agents, migrations.RunPython.noop),
        migrations.RemoveConstraint(model_name="account", name="faces_mandate_ends"),
        migrations.RemoveField(model_name="account", name="agent"),
        migrations.RemoveField(model_name="account", name="may_file"),
    ]
