from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0002_administrators'),
    ]

    operations = [
        migrations.AddField(
            model_name='official',
            name='closures',
            field=models.PositiveIntegerField(default=0),
        ),
    ]
