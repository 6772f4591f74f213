"""What each criterion of the metadata score is called, and what to do when it is not met."""

from django.utils.translation import gettext_lazy as _

WORDS = {
    "described": (_("It is described"), _("Write two sentences on what it holds and how it was made.")),
    "in_every_language": (_("Title and description stand in every language"), _("Fill the missing language.")),
    "has_topic": (_("It has a topic"), _("Choose a topic, so that it is found by browsing.")),
    "has_contact": (_("A post is named to ask"), _("Name the post that answers questions.")),
    "has_licence": (_("It has a licence"), _("Choose a licence.")),
    "has_promise": (_("It says how often it is updated"), _("Choose how often it is updated.")),
    "has_period": (
        _("It says which period it covers"),
        _("Give each edition its period, or mark the column of periods."),
    ),
    "machine_readable": (_("It can be read by machines"), _("Send a table or a layer besides the printed form.")),
    "columns_explained": (_("Its columns are explained"), _("Write what each column means.")),
    "places_joined": (
        _("Its rows are joined to places"),
        _("Mark the column that names the place, and mend the names and codes that its edition lists."),
    ),
    "rules_kept": (_("Its rows keep the declared rules"), _("Mend the rows listed under the edition.")),
    "source_named": (_("Its source is named"), _("Name the source or the dataset it was made from.")),
}
