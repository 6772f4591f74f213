from django.urls import path

from sala.catalogue.views import access, asked, charts, datasets, dcat, describe, downloads, editions, overdue

app_name = "catalogue"
urlpatterns = [
    path("", datasets.index, name="index"),
    path("overdue/", overdue.overdue_list, name="overdue"),
    path("overdue/order/", overdue.order, name="order"),
    path("new/", describe.new, name="new"),
    path("access/ask/", access.ask_access, name="ask_access"),
    path("access/assignments/<int:pk>/", access.decide_access, name="decide_access"),
    path("asked/<str:reference>/", asked.asked_table, name="asked_table"),
    path("asked/assignments/<int:pk>/fill-in/", asked.fill_in, name="fill_in"),
    path("asked/assignments/<int:pk>/workbook/", asked.workbook, name="figure_workbook"),
    path("asked/assignments/<int:pk>/given/", asked.given_figures, name="given_figures"),
    path("asked/assignments/<int:pk>/return/", asked.return_figures, name="return_figures"),
    path("<slug:slug>/", datasets.dataset, name="dataset"),
    path("<slug:slug>.ttl", dcat.dataset, {"kind": "ttl"}, name="dataset_ttl"),
    path("<slug:slug>.jsonld", dcat.dataset, {"kind": "jsonld"}, name="dataset_jsonld"),
    path("<slug:slug>/edit/", describe.edit_dataset, name="edit"),
    path("<slug:slug>/parts/new/", describe.new_distribution, name="new_distribution"),
    path("<slug:slug>/withdraw/", describe.withdraw, name="withdraw"),
    path("<slug:slug>/languages/<str:code>/read/", describe.language_read, name="language_read"),
    path("<slug:slug>/<slug:part>/send/", editions.send, name="send"),
    path("<slug:slug>/<slug:part>/columns/", describe.columns, name="columns"),
    path("<slug:slug>/<slug:part>/charts/", charts.charts, name="charts"),
    path("<slug:slug>/<slug:part>/charts/new/", charts.new_chart, name="new_chart"),
    path("<slug:slug>/<slug:part>/charts/<slug:code>/", charts.change_chart, name="change_chart"),
    path("<slug:slug>/<slug:part>/charts/<slug:code>/values.csv", charts.chart_values, name="chart_values"),
    path("<slug:slug>/<slug:part>/figures/", describe.figures, name="figures"),
    path("<slug:slug>/<slug:part>/rules/", describe.rules, name="rules"),
    path("<slug:slug>/<slug:part>/<int:number>/", editions.edition, name="edition"),
    path("<slug:slug>/<slug:part>/<int:number>/picture.png", downloads.picture, name="picture"),
    path("<slug:slug>/<slug:part>/<int:number>/settle/", editions.settle, name="settle"),
    path("<slug:slug>/<slug:part>/<int:number>/<str:step>/do/", editions.step, name="step"),
    path("<slug:slug>/<slug:part>/<int:number>/against/<int:other>/", editions.compare, name="compare"),
    path("<slug:slug>/<slug:part>/<int:number>/download/<str:kind>/", downloads.download, name="download"),
]
