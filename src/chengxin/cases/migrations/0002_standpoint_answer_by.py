from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='standpoint',
            name='answer_by',
            field=models.DateField(blank=True, db_index=True, null=True),
        ),
    ]
