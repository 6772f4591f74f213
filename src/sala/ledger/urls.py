from django.urls import path

from sala.ledger.views import accounts, entries, papers, rates, statements

app_name = "ledger"
urlpatterns = [
    path("", accounts.accounts, name="accounts"),
    path("accounts/new/", accounts.open_, name="open"),
    path("accounts/<slug:code>/", accounts.account, name="account"),
    path("accounts/<slug:code>/rename/", accounts.rename, name="rename"),
    path("accounts/<slug:code>/close/", accounts.close, name="close"),
    path("accounts/<slug:code>/move/", accounts.move, name="move"),
    path("accounts/<slug:code>/charge/", entries.enter_charge, name="enter_charge"),
    path("accounts/<slug:code>/pay/", entries.enter_payment, name="pay"),
    path("accounts/<slug:code>/letter/", papers.letter, name="letter"),
    path("charges/<str:number>/", entries.charge, name="charge"),
    path("charges/<str:number>/waive/", entries.waive, name="waive"),
    path("payments/", entries.payments, name="payments"),
    path("payments/<str:number>/", entries.payment, name="payment"),
    path("payments/<str:number>/refund/", entries.refund, name="refund"),
    path("payments/<str:number>/receipt/", papers.receipt, name="receipt"),
    path("payments/<str:number>/receipt/<slug:language>.pdf", papers.receipt_file, name="receipt_file"),
    path("transactions/<str:number>/", entries.transaction, name="transaction"),
    path("transactions/<str:number>/void/", entries.void, name="void"),
    path("statements/", statements.statements, name="statements"),
    path("statements/new/", statements.upload, name="upload"),
    path("statements/new/<uuid:token>/", statements.columns, name="columns"),
    path("statements/<int:pk>/", statements.statement, name="statement"),
    path("lines/<int:pk>/place/", statements.place, name="place"),
    path("lines/<int:pk>/same/<str:number>/", statements.same, name="same"),
    path("suspense/", statements.suspense, name="suspense"),
    path("rates/", rates.rates, name="rates"),
    path("rates/new/", rates.add, name="add_rate"),
]
