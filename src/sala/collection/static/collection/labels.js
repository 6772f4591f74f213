// What the library leaves out for those who listen to the page: names of number fields, of the menu of an entry.
let count = 0;

function name(question) {
  const text = question.querySelector(".control-text");
  if (!text) return;
  text.id ||= `asked-${++count}`;
  for (const field of question.querySelectorAll("input:not([type=file]),textarea,[role=combobox]")) {
    if (field.labels?.length || field.hasAttribute("aria-label") || field.hasAttribute("aria-labelledby")) continue;
    field.setAttribute("aria-labelledby", text.id);
  }
}

export function nameFields(root, words) {
  const mend = () => {
    root.querySelectorAll(".question-container").forEach(name);
    for (const button of root.querySelectorAll(".button-menu:not([aria-label])")) button.setAttribute("aria-label", words.more);
    for (const button of root.querySelectorAll(".clear-button:not([aria-label])")) button.setAttribute("aria-label", words.takeAway);
    for (const field of root.querySelectorAll("input[type=file]:not([aria-label])")) field.setAttribute("aria-label", words.file);
  };
  mend();
  new MutationObserver(mend).observe(root, { subtree: true, childList: true });
}
