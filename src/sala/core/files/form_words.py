"""Words about forms (XLSForm, XForm): why one is refused, and what its author should know all the same.

They stand apart from refusals.py for their number, and from the folder that reads forms because the parent shows them
without loading the converter. %(place)s is put together from the values sheet, row and column by reasons.words_of.
"""


def gettext_noop(sentence: str) -> str:
    """Marks a sentence for the translators; Django's own would need settings, which the child does not have."""
    return sentence


REFUSALS = {
    "form-kind": gettext_noop("This is not a form but %(found)s. Send the form as .xlsx, .xls, .csv or .md."),
    "form-not-one": gettext_noop("No form was found in this file. A form has a sheet “survey” whose first row holds the headings type, name and label."),
    "form-no-survey": gettext_noop("The file has no sheet “survey”. Its sheets are: %(sheets)s. Name the sheet that holds the questions “survey” and send the file again."),
    "form-no-questions": gettext_noop("The sheet “survey” holds no questions. Write one question in each row below the headings and send the file again."),
    "form-too-many-columns": gettext_noop("%(place)s: there are %(count)s columns; up to %(limit)s are read. Delete those that are not needed and send the file again."),
    "form-too-many-rows": gettext_noop("%(place)s: there are more than %(limit)s rows. Split the form, or put long lists into a CSV file of their own (select_one_from_file)."),
    "form-too-many-cells": gettext_noop("The file has more than %(limit)s filled cells. Put long lists into a CSV file of their own (select_one_from_file) and send the form without them."),
    "form-long-cell": gettext_noop("%(place)s: the text has %(count)s letters; up to %(limit)s are read. Shorten it and send the file again."),
    "form-letter": gettext_noop("%(place)s: the cell holds a hidden control character, which forms cannot hold. Type the text anew and send the file again."),
    "form-too-deep": gettext_noop("%(place)s: more than %(limit)s groups lie within one another. Put fewer groups into groups and send the file again."),
    "form-no-column": gettext_noop("%(place)s: there is no column “%(missing)s”. Write this heading in the first row, with its values below, and send the file again."),
    "form-headings": gettext_noop("%(place)s: the first row must hold the headings, and every column with values needs one (found: “%(value)s”). Correct the first row and send the file again."),
    "form-bad-heading": gettext_noop("%(place)s: “%(value)s” cannot be the heading of a column. Correct it, or delete the column, and send the file again."),
    "form-same-column": gettext_noop("%(place)s: two columns mean the same: “%(other)s” and “%(value)s”. Delete or rename one of them and send the file again."),
    "form-no-type": gettext_noop("%(place)s: the question has no type. Write one, such as text, integer, date or select_one, and send the file again."),
    "form-unknown-type": gettext_noop("%(place)s: “%(value)s” is not a type of question. Check the spelling; types are for example text, integer, decimal, date, select_one LIST, geopoint, image."),
    "form-include": gettext_noop("%(place)s: “%(value)s” would be taken from another file, which is not possible here. Copy its questions into this sheet in place of this row and send the file again."),
    "form-no-name": gettext_noop("%(place)s: the question or group has no name. Write a short one without spaces, such as village_name, and send the file again."),
    "form-bad-name": gettext_noop("%(place)s: “%(value)s” cannot be a name. A name begins with a letter and holds only letters, digits, _, - and ., without spaces. Correct it and send the file again."),
    "form-same-name": gettext_noop("%(place)s: the name “%(value)s” is used twice in the same group. Give one of the two another name and send the file again."),
    "form-meta-name": gettext_noop("%(place)s: the name “meta” is kept for the form itself. Give this question another name and send the file again."),
    "form-root-name": gettext_noop("%(place)s: a repeat cannot have the name of the form itself (“%(value)s”). Give the repeat another name and send the file again."),
    "form-same-repeat": gettext_noop("%(place)s: two repeats have the name “%(value)s”. Give one of them another name and send the file again."),
    "form-no-label": gettext_noop("%(place)s: the question “%(value)s” has no words to show. Write them in the column label and send the file again."),
    "form-big-image": gettext_noop("%(place)s: the question “%(value)s” has a big-image but no image. Fill the column image as well and send the file again."),
    "form-no-calculation": gettext_noop("%(place)s: a question of type calculate needs a formula. Write it in the column calculation and send the file again."),
    "form-end-alone": gettext_noop("%(place)s: this row ends a %(value)s that was not begun, or another was begun after it. Put every begin and end in order and send the file again."),
    "form-begin-alone": gettext_noop("%(place)s: the %(kind)s “%(value)s” begins here and never ends. Add a row “end %(kind)s” after its last question and send the file again."),
    "form-no-choices": gettext_noop("%(place)s: the question chooses from a list, but the file has no sheet “choices”. Add one with the columns list_name, name and label, and send the file again."),
    "form-no-list": gettext_noop("%(place)s: the list “%(value)s” is not in the sheet “%(list_sheet)s”. Check the spelling, or add the list there, and send the file again."),
    "form-no-external": gettext_noop("%(place)s: the question chooses from an external list, but the file has no sheet “external_choices”. Add one with the columns list_name and name, and send the file again."),
    "form-list-file": gettext_noop("%(place)s: a list from a file must name the file with its end: .csv, .xml or .geojson. Correct the type and send the file again."),
    "form-choice-no-name": gettext_noop("%(place)s: the choice has no name. Write a short one without spaces and send the file again."),
    "form-same-choice": gettext_noop("%(place)s: the name “%(value)s” is used twice in the list “%(list)s” (%(count)s such rows). Give each choice of a list its own name and send the file again."),
    "form-choice-space": gettext_noop("%(place)s: the name “%(value)s” in the list “%(list)s” holds a space, which cannot be where several choices are allowed. Write _ instead and send the file again."),
    "form-other-filter": gettext_noop("%(place)s: a question with or_other cannot have a choice_filter as well. Write the choice “other” into the list instead and send the file again."),
    "form-reference-mark": gettext_noop("%(place)s: a reference is not written correctly. Write it as ${name}, with both brackets and nothing else between them, and send the file again."),
    "form-reference-unknown": gettext_noop("%(place)s: there is no question named “%(value)s”. Check the spelling of ${%(value)s} and send the file again."),
    "form-reference-twice": gettext_noop("%(place)s: ${%(value)s} could mean several questions of that name. Give each its own name and send the file again."),
    "form-circle": gettext_noop("%(place)s: the formulas go round in a circle: %(value)s. Change one of them so that none needs its own result, and send the file again."),
    "form-parameters": gettext_noop("%(place)s: the parameters are not right. Correct them and send the file again. The converter says: “%(says)s”"),
    "form-trigger": gettext_noop("%(place)s: the trigger is not right. Correct it and send the file again. The converter says: “%(says)s”"),
    "form-entity": gettext_noop("%(place)s: the entity is not described rightly. Correct it and send the file again. The converter says: “%(says)s”"),
    "form-search": gettext_noop("%(place)s: search() cannot be used in this way. Use select_one_from_file instead, or give the question a list of its own. The converter says: “%(says)s”"),
    "form-instance": gettext_noop("Two lists or files of the form would have the same name. Give one of them another name and send the file again. The converter says: “%(says)s”"),
    "form-encrypted-id": gettext_noop("%(place)s: a form that encrypts its answers needs an instanceID. Delete omit_instanceID and send the file again."),
    "form-date-cell": gettext_noop("%(place)s: the cell holds a date that cannot be read. Write it as text, such as 2026-01-31, and send the file again."),
    "form-other": gettext_noop("%(place)s: the form cannot be converted. Correct this place and send the file again. The converter says: “%(says)s”"),
    "form-broken": gettext_noop("The form cannot be converted. Look for what is unusual in it, such as a formula in an odd place, and send it again. The converter says: “%(says)s”"),
}  # fmt: skip

WARNINGS = {
    "form-image-size": gettext_noop("%(place)s: pictures are sent in full size. Write max-pixels=1024 in the column parameters to save time and cost in the field."),
    "form-choice-no-label": gettext_noop("%(place)s: the choice has no label; people will see its name."),
    "form-choice-heading": gettext_noop("%(place)s: the heading “%(value)s” is empty or holds a space. The column is left out."),
    "form-language-code": gettext_noop("These languages have no code: %(value)s. Write for example “label::English (en)”, so that devices can choose the right one."),
    "form-language-gaps": gettext_noop("%(place)s: the language “%(language)s” has no column for %(value)s. People who use it will see “-” there."),
    "form-device-field": gettext_noop("%(place)s: today's devices do not give “%(value)s”. Leave this row out."),
    "form-sheet-name": gettext_noop("A sheet is named almost like “%(value)s”: %(sheets)s. If it is meant, correct its name; it was not read."),
    "form-or-other": gettext_noop("or_other writes “other” in English only. In a form of several languages, write the choice and a text question yourself."),
    "form-repeat-no-label": gettext_noop("%(place)s: the repeat has no label; people will not see what is repeated."),
    "form-row-skipped": gettext_noop("%(place)s: the row has neither type nor name nor label. It was left out."),
    "form-disabled": gettext_noop("%(place)s: the column “disabled” is out of use. Write false() in the column relevant instead."),
    "form-case-name": gettext_noop("%(place)s: the name “%(value)s” differs from another only in capital letters, which confuses people who work with the data."),
    "form-two-ids": gettext_noop("%(place)s: both form_id and id_string are given; form_id counts."),
    "form-external-filter": gettext_noop("%(place)s: select_one_external is meant for lists with a choice_filter. Use select_one here."),
    "form-id-from-name": gettext_noop("The form has no form_id in its sheet “settings”; the name of the file is used: “%(value)s”. Write one, so that the next version is known as the same form."),
    "form-no-version": gettext_noop("The form has no version in its sheet “settings”. Write one, such as 2026013101, and raise it with every change."),
    "form-goes-elsewhere": gettext_noop("The form tells devices to send the answers to another address: %(value)s. Delete submission_url in the sheet “settings” if they should come here."),
    "form-encrypted": gettext_noop("The form encrypts its answers on the device; they cannot be read here. Delete public_key in the sheet “settings” if they should be."),
    "form-error-cell": gettext_noop("%(place)s: the cell shows an error of the spreadsheet (%(value)s). Correct its formula."),
    "form-says": gettext_noop("%(place)s: the converter says: “%(says)s”"),
    "form-more": gettext_noop("There are %(count)s further remarks."),
    "odk-absent": gettext_noop("The form was converted but not tried out with ODK Validate, since this service has no Java. Open it once in the app before you publish it."),
    "odk-slow": gettext_noop("ODK Validate did not finish in %(seconds)s seconds. Open the form once in the app before you publish it."),
    "odk-failed": gettext_noop("ODK Validate could not be run here (%(code)s). Open the form once in the app before you publish it."),
    "odk-says": gettext_noop("%(place)s: ODK Validate says: “%(says)s”"),
    "odk-invalid": gettext_noop("%(place)s: the form would not open on a device. Correct this place and send the file again. ODK Validate says: “%(says)s”"),
}  # fmt: skip

# answers to a form, told to the device that sends them
SUBMISSIONS = {
    "submission-too-large": gettext_noop("The answer has %(size)s MB without its files; up to %(limit)s MB are taken. Tell the office that wrote the form."),
    "submission-letters": gettext_noop("The letters of the answer cannot be read (not UTF-8). Update the app on your device and send the answer again."),
    "submission-broken": gettext_noop("The answer did not arrive whole (line %(line)s). Send it again; if that fails too, tell the office that wrote the form."),
    "submission-too-many": gettext_noop("The answer has more than %(limit)s parts. Tell the office that wrote the form; it should ask in several shorter answers."),
    "submission-too-deep": gettext_noop("The answer has more than %(limit)s groups within one another. Tell the office that wrote the form."),
    "submission-no-form": gettext_noop("The answer does not say which form it belongs to. Get the form anew on your device and fill it in again."),
    "submission-no-instance": gettext_noop("The answer has no number of its own (instanceID). Get the form anew on your device and fill it in again."),
    "submission-long-name": gettext_noop("A name in the answer has more than %(limit)s letters. Tell the office that wrote the form."),
    "submission-encrypted": gettext_noop("The answer is encrypted and cannot be read here. Tell the office that wrote the form to take the key out of it."),
}  # fmt: skip

# files that a form needs beside it
MEDIA = {
    "media-kind": gettext_noop("Forms cannot show a file such as %(end)s. Send one of: %(allowed)s."),
    "media-not": gettext_noop("The name ends in %(end)s, but the file is something else or is damaged. Save it anew as %(end)s and send it again."),
    "media-headings": gettext_noop("The first line of the list must hold the headings, each once and none empty, with commas between them. Correct it and send the file again."),
    "media-row": gettext_noop("Line %(line)s has %(count)s cells, but there are %(wanted)s headings. Correct the line, or put texts that hold commas between quotation marks, and send the file again."),
}  # fmt: skip

WORDS = REFUSALS | WARNINGS | SUBMISSIONS | MEDIA

# %(place)s by what is known of it
PLACES = {
    ("sheet", "row", "column"): gettext_noop("Sheet “%(sheet)s”, row %(row)s, column “%(column)s”"),
    ("sheet", "row"): gettext_noop("Sheet “%(sheet)s”, row %(row)s"),
    ("sheet", "column"): gettext_noop("Sheet “%(sheet)s”, column “%(column)s”"),
    ("row", "column"): gettext_noop("Row %(row)s, column “%(column)s”"),
    ("row",): gettext_noop("Row %(row)s"),
    ("column",): gettext_noop("Column “%(column)s”"),
    ("sheet",): gettext_noop("Sheet “%(sheet)s”"),
    (): gettext_noop("In the form"),
}
