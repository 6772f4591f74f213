"""./sala people appoint POST"""

from datetime import date

from django.core.management.base import BaseCommand, CommandError

from sala.access.actor import command
from sala.core import clock, language
from sala.core.errors import SalaError
from sala.people.models import Person, Position, SignInLink
from sala.people.operations import appoint
from sala.people.sign_in import make_link


class Command(BaseCommand):
    help = "Appoint somebody to a post from the machine's own terminal, and print a sign-in link: for the first administrator."

    def add_arguments(self, parser):
        parser.add_argument("action", choices=["appoint"])
        parser.add_argument("post", help="code of the post, as in its address /posts/CODE/")
        parser.add_argument("--name", required=True)
        parser.add_argument("--email", required=True)
        parser.add_argument("--start", type=date.fromisoformat, help="first day in the post (default: today)")
        parser.add_argument("--decision", default="", help="number and date of the decision")

    def handle(self, *, post, name, email, start, decision, **options):
        position = Position.objects.filter(code=post).first()
        if position is None:
            raise CommandError(f"There is no post {post}. The directory shows the code in each post's address.")
        person = Person.objects.filter(email__iexact=email).first()
        if person is None:
            person = Person(name=name, email=email, language=language.required_language())
            person.set_unusable_password()
            person.save()
        try:
            appoint(command(), position, person, start=start or clock.today(), decision=decision)
        except SalaError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{position}: {name}. This link signs in once and works for 14 days:")
        self.stdout.write(make_link(person, SignInLink.INVITATION))
