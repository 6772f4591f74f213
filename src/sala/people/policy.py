"""Verbs on organisations, posts and people, and who sees them.

Organisations and posts are public: who is in charge of what is not a secret. People are seen by those who administer
them; the directory shows posts and office contacts only.
"""

from sala.access.scope import Scope

EDIT = "people.edit"
APPOINT = "people.appoint"
INVITE = "people.invite"
GRANT = "people.grant"
READ = "people.read"
CLOSE = "people.close"
MOVE = "people.move"  # of no role: recorded when an organisation is moved or closed, and of what went to its successor
RESET_FACTOR = "people.reset"
SIGN_IN = "people.sign_in"  # of no role: what people do with their own way of signing in
TELL = "people.tell"  # of no role: recorded when a short message went out or was given up
OPEN_OPERATOR = "operator.open"
MANAGE_TOKENS = "tokens.manage"
READ_CALENDAR = "calendar.read"  # of no role: a token with it opens the calendar of its post and nothing else

ORGANISATION_SCOPE = Scope(everyone=True, owner="path", area="area__path")
POSITION_SCOPE = Scope(everyone=True, owner="organisation__path", area="organisation__area__path")
APPOINTMENT_SCOPE = Scope(owner="position__organisation__path", area="position__organisation__area__path", read=APPOINT)
PERSON_SCOPE = Scope(read=INVITE)
MESSAGE_SCOPE = Scope(read=INVITE)
SHARING_SCOPE = Scope(parties=("organisation__path",))
TOKEN_SCOPE = Scope(owner="position__organisation__path", read=MANAGE_TOKENS)
