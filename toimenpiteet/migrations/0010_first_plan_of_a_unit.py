"""An index by which the first plan of a unit is found, in the place of one that gave its plans in no order."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("toimenpiteet", "0009_signs_part_words"),
    ]

    operations = [
        migrations.AlterField(
            model_name="historicalplanunit",
            name="unit",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="toimenpiteet.unit",
                verbose_name="responsible unit",
            ),
        ),
        migrations.AlterField(
            model_name="planunit",
            name="unit",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="plan_links",
                to="toimenpiteet.unit",
                verbose_name="responsible unit",
            ),
        ),
        migrations.AddIndex(
            model_name="planunit",
            index=models.Index(fields=["unit", "plan"], name="plan_unit_of_unit"),
        ),
    ]
