from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0003_clocks")]

    operations = [
        migrations.AddField(
            "standpoint", "alarm", models.CharField(max_length=10, blank=True, default=""), preserve_default=False
        ),
        migrations.AddIndex(
            "standpoint", models.Index(fields=["alarm", "agency"], name="cases_standpoint_alarm")
        ),
    ]
