from django.urls import path

from sala.people.views import directory, me, rights, sharing, sign_in

app_name = "people"
urlpatterns = [
    path("sign-in/", sign_in.sign_in, name="sign_in"),
    path("sign-in/sent/", sign_in.sent, name="link_sent"),
    path("sign-out/", sign_in.sign_out, name="sign_out"),
    path("register/", sign_in.register, name="register"),
    path("link/<str:secret>/", sign_in.use_link, name="use_link"),
    path("me/", me.me, name="me"),
    path("me/acting-as/", me.acting_as, name="acting_as"),
    path("me/operator/<slug:code>/", me.operator, name="operator"),
    path("me/operator-close/", me.close_operator, name="close_operator"),
    path("directory/", directory.directory, name="directory"),
    path("directory/<str:area>/print/", directory.printed, name="directory_print"),
    path("sharing/<slug:noun>/<int:pk>/", sharing.sharing, name="sharing"),
    path("sharing/<slug:noun>/<int:pk>/<int:sharing>/end/", sharing.end, name="end_sharing"),
    path("organisations/<slug:code>/", directory.organisation, name="organisation"),
    path("organisations/<slug:code>/edit/", rights.edit_organisation, name="edit_organisation"),
    path("posts/<slug:code>/", directory.position, name="position"),
    path("posts/<slug:code>/edit/", rights.edit_position, name="edit_position"),
    path("posts/<slug:code>/people/", rights.people, name="position_people"),
    path("posts/<slug:code>/appoint/", rights.appoint, name="appoint"),
    path("posts/<slug:code>/end/<int:pk>/", rights.end_appointment, name="end_appointment"),
    path("posts/<slug:code>/grants/", rights.grants, name="grants"),
    path("posts/<slug:code>/grants/<int:pk>/revoke/", rights.revoke_grant, name="revoke_grant"),
    path("posts/<slug:code>/tokens/", rights.tokens, name="tokens"),
    path("posts/<slug:code>/tokens/<int:pk>/revoke/", rights.revoke_token, name="revoke_token"),
]
