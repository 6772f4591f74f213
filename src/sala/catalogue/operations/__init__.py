"""Changes to datasets: describe, receive, settle, review, publish, withdraw."""

from sala.catalogue.operations.charts import define_chart, remove_chart
from sala.catalogue.operations.datasets import (
    add_distribution,
    change_dataset,
    create_dataset,
    review_language,
    save_dictionary,
)
from sala.catalogue.operations.declaring import (
    change_figure,
    change_rule,
    declare_figure,
    declare_rule,
    end_figure,
    end_rule,
)
from sala.catalogue.operations.editions import (
    looking_into,
    read_profile,
    reading,
    receive_edition,
    remembered,
    settle_edition,
)
from sala.catalogue.operations.keeping import resume_dataset, retire_dataset
from sala.catalogue.operations.orders import order_update
from sala.catalogue.operations.origins import name_origin, take_back_origin
from sala.catalogue.operations.promises import keep_all_promises, keep_promises
from sala.catalogue.operations.release import (
    publish_edition,
    return_edition,
    submit_edition,
    withdraw_dataset,
    withdraw_edition,
)
from sala.catalogue.operations.reminders import remind_of_promises
from sala.catalogue.operations.usage import count_use

__all__ = [
    "add_distribution",
    "change_dataset",
    "change_figure",
    "change_rule",
    "count_use",
    "create_dataset",
    "declare_figure",
    "declare_rule",
    "define_chart",
    "end_figure",
    "end_rule",
    "keep_all_promises",
    "keep_promises",
    "looking_into",
    "name_origin",
    "order_update",
    "publish_edition",
    "read_profile",
    "reading",
    "receive_edition",
    "remembered",
    "remind_of_promises",
    "remove_chart",
    "resume_dataset",
    "retire_dataset",
    "return_edition",
    "review_language",
    "save_dictionary",
    "settle_edition",
    "submit_edition",
    "take_back_origin",
    "withdraw_dataset",
    "withdraw_edition",
]
