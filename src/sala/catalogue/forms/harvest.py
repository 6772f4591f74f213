"""Forms of other catalogues: entering one, and deciding about what is missing in it."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from sala.access.actor import Actor
from sala.catalogue import policy
from sala.catalogue.models import HarvestSource
from sala.people.models import Organisation


class SourceForm(forms.ModelForm):
    class Meta:
        model = HarvestSource
        fields = ["name", "slug", "kind", "address", "language", "owner", "tier", "is_active", "grace_runs", "stop_share"]  # fmt: skip

    def __init__(self, *args: Any, reader: Actor, **options: Any):
        super().__init__(*args, **options)
        self.fields["language"] = forms.ChoiceField(
            label=self.fields["language"].label, choices=settings.LANGUAGES, initial=settings.LANGUAGE_CODE
        )
        mine = [
            holding.organisation_id
            for holding in reader.holdings
            if any(policy.HARVEST in grant.verbs for grant in holding.grants)
        ]
        owner: Any = self.fields["owner"]
        owner.queryset = Organisation.objects.filter(pk__in=mine)
        if len(mine) == 1:
            owner.initial = mine[0]


class MissingForm(forms.Form):
    take_off = forms.ChoiceField(
        label=_("What shall happen to the missing descriptions?"), widget=forms.RadioSelect,
        choices=[("yes", _("Take them off here: the other catalogue has given them up")),
                 ("no", _("Keep them: the other catalogue seems to be out of order"))],
    )  # fmt: skip
    reason = forms.CharField(label=_("Reason"), max_length=300)
