// The page that fills in a form: opens it, keeps the draft at each change, puts the finished answer in the outbox.
import { createApp, h } from "vue";
import { OdkWebForm, webFormsPlugin } from "@getodk/web-forms";
import { asDraft, named, withValues } from "./instance.js";
import { draft, dropDraft, finish, keepDraft } from "./keeping.js";
import { nameFields } from "./labels.js";
import { newId, showOutbox } from "./outbox.js";
import { askBeforeLeaving, isStillHere, workOffline } from "./person.js";
import { keepSending, sendAll } from "./sending.js";
import { dates, translate } from "./words.js";

const SOON = 400, TICK = 4000; // milliseconds after a change; and between looks at what changes by itself
const config = JSON.parse(document.getElementById("fill-config").textContent);
const { words } = config;
const find = (name) => document.getElementById(name);
const key = [config.person, config.form, config.channel, config.expected || "", config.answer?.instance || ""].join("|");
const page = location.pathname + location.search;
const outbox = async () => {
  const open = await showOutbox(config, find("outbox"));
  if (isDone && !open) find("done-words").textContent = words.allSent;
};
const tell = (text) => { find("told").textContent = text; };

let root, application, last, identity, isDone = false;

async function files(listed) {
  const found = [];
  for (const { name, url } of listed) {
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
    found.push({ name, blob: await answer.blob() });
  }
  return found;
}

// What the form begins with: a draft of this device, the answer that is corrected, or an empty one.
async function beginning() {
  const kept = config.preview ? null : await draft(key);
  if (kept) {
    identity = { instance: kept.instance, deprecated: kept.deprecated || "" };
    return { xml: kept.xml, files: kept.files, kept };
  }
  identity = { instance: `uuid:${newId()}`, deprecated: config.answer?.instance || "" };
  if (!config.answer) return null;
  const answer = await fetch(config.answer.url);
  if (!answer.ok) throw new Error(String(answer.status));
  return { xml: named(await answer.text(), identity), files: await files(config.answer.files), kept: null };
}

async function snapshot() {
  const { data: [data] } = await root.prepareInstancePayload({ payloadType: "monolithic" });
  return taken(data);
}

async function taken(data) {
  const found = { xml: "", files: [] };
  for (const [name, value] of data.entries()) {
    if (name === "xml_submission_file") found.xml = named(await value.text(), identity);
    else found.files.push({ name, blob: value });
  }
  return found;
}

const print = ({ xml, files }) => JSON.stringify(handedIn()) + xml + files.map((file) => `${file.name} ${file.blob.size}`).join();
// of an answer that is typed in: when, by whom and how it was handed in
const handed = find("handed-in");
const handedIn = () => (handed ? Object.fromEntries(new FormData(handed)) : {});
const about = () => ({ ...handedIn(), form: config.form, title: config.title, about: config.about, person: config.person, page, channel: config.channel, expected: config.expected, key });

async function keepNow() {
  if (!root || isDone || config.preview) return;
  const now = await snapshot();
  if (print(now) === last || isDone) return;
  last = print(now);
  try {
    await keepDraft({ ...about(), ...now, ...identity });
    tell(words.draftKept.replace("{time}", new Intl.DateTimeFormat(config.language, { timeStyle: "short" }).format(Date.now())));
  } catch (error) {
    tell(words.cannotKeep);
    console.warn(error);
  }
}

let timer;
const keepSoon = () => { clearTimeout(timer); timer = setTimeout(keepNow, SOON); };

async function finished(payload, answered) {
  if (config.preview) {
    tell(words.previewDone);
    return answered(undefined);
  }
  if (handed && !handed.reportValidity()) return answered(undefined);
  const found = await taken(payload.data[0]);
  isDone = true;
  clearTimeout(timer);
  const row = { ...about(), ...found, id: identity.instance, draft: { ...about(), ...identity }, post: config.post, state: "waiting", advice: "", finished: Date.now() };
  try {
    await finish(row, key);
  } catch (error) {
    isDone = false;
    tell(words.cannotKeep);
    console.warn(error);
    return answered(undefined);
  }
  application.unmount();
  find("webform").hidden = find("resumed").hidden = true;
  if (handed) handed.hidden = true;
  find("done").hidden = false;
  find("done").focus();
  tell("");
  await outbox();
  sendAll(config, outbox);
}

function chooseLanguage() {
  const wanted = root.languages.find((each) => each.language === config.formLanguage);
  if (wanted) root.setLanguage(wanted);
}

async function start() {
  const answer = await fetch(config.xform);
  if (!answer.ok) throw new Error(String(answer.status));
  const text = await answer.text();
  const begun = await beginning();
  const xform = begun ? text : withValues(text, config.written);
  const options = begun ? { draft: asDraft(begun.xml, begun.files) } : null;
  const attachment = (url) => fetch(config.media[decodeURIComponent(url.pathname.split("/").pop())] || "/none");
  application = createApp({
    render: () => h(OdkWebForm, { formXml: xform, fetchFormAttachment: attachment, missingResourceBehavior: "BLANK", editInstance: options, onSubmit: finished }),
  });
  application.use(webFormsPlugin);
  Object.assign(application.config.globalProperties.$primevue.config.locale, dates(config.language), words.picker);
  const opened = new Promise((done) => {
    // the component hands the form to its heading; from there what is answered can be read at any time
    application.mixin({ created() { if (!root && this.$props?.form?.prepareInstancePayload) { root = this.$props.form; done(); } } });
  });
  translate(config.library);
  nameFields(find("webform"), words);
  application.mount(find("webform"));
  await opened;
  chooseLanguage();
  find("opening").hidden = true;
  handed?.addEventListener("submit", (event) => event.preventDefault());
  for (const box of handed?.elements || []) if (begun?.kept?.[box.name]) box.value = begun.kept[box.name];
  last = print(await snapshot());
  if (begun?.kept) {
    find("resumed").hidden = false;
    find("anew").addEventListener("click", async () => { isDone = true; await dropDraft(key); location.reload(); });
  }
  for (const kind of ["input", "change", "click", "keyup"]) document.addEventListener(kind, keepSoon);
  setInterval(keepNow, TICK);
  document.addEventListener("visibilitychange", () => { if (document.hidden) keepNow(); });
  addEventListener("pagehide", keepNow);
  document.documentElement.dataset.fill = "ready";
}

if (await isStillHere(config)) {
  outbox().then(() => keepSending(config, outbox));
  askBeforeLeaving(config);
  try {
    await start();
    workOffline(config);
  } catch (error) {
    find("opening").textContent = words.cannotOpen;
    console.warn(error);
  }
} else {
  find("opening").textContent = words.otherPerson;
}
