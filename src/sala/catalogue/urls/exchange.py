from django.urls import path

from sala.catalogue import feeds
from sala.catalogue.views import agreements, following, releases, services, showcases, transfers

app_name = "exchange"
urlpatterns = [
    path("feeds/", following.feeds, name="feeds"),
    path("feeds/datasets.atom", feeds.Datasets(), name="feed_datasets"),
    path("feeds/documents.atom", feeds.Documents(), name="feed_documents"),
    path("feeds/places/<str:code>.atom", feeds.OfPlace(), name="feed_place"),
    path("feeds/topics/<slug:code>.atom", feeds.OfTopic(), name="feed_topic"),
    path("feeds/organisations/<slug:code>.atom", feeds.OfOrganisation(), name="feed_organisation"),
    path("feeds/datasets/<slug:slug>.atom", feeds.OfDataset(), name="feed_dataset"),
    path("following/", following.mine, name="following"),
    path("following/end/<str:secret>/", following.end, name="end_following"),
    path("following/<slug:kind>/<int:pk>/", following.change, name="follow"),
    path("agreements/", agreements.index, name="agreements"),
    path("agreements/new/", agreements.draft, name="draft_agreement"),
    path("agreements/<str:reference>/", agreements.agreement, name="agreement"),
    path("agreements/<str:reference>/<slug:step>/", agreements.step, name="agreement_step"),
    path("data-services/", services.index, name="services"),
    path("data-services/new/", services.enter, name="enter_service"),
    path("data-services/<slug:slug>/", services.service, name="service"),
    path("data-services/<slug:slug>/<slug:step>/", services.step, name="service_step"),
    path("showcases/", showcases.index, name="showcases"),
    path("showcases/<int:pk>/", showcases.showcase, name="showcase"),
    path("transfers/<int:pk>/", transfers.transfer, name="transfer"),
    path("releases/", releases.releases, name="releases"),
    path("releases/<int:pk>/move/", releases.move, name="move_release"),
    path("releases/<int:pk>/call-off/", releases.call_off, name="call_off_release"),
]
