// What every page loads. Each module looks after the elements that name it by a data attribute, now and after each swap.
import "./htmx.js";
import { sayWords } from "./words.js";
import { startTheme } from "./theme.js";
import { startSearch } from "./search.js";
import { startLists } from "./lists.js";
import { startMenus } from "./menus.js";
import { startDialogs } from "./dialogs.js";
import { startToasts } from "./toasts.js";
import { startDrafts } from "./drafts.js";
import { startConnection } from "./connection.js";
import { startMoney } from "./money.js";
import { startPickers } from "./pickers.js";
import { startDrops } from "./drops.js";
import { startCopies } from "./copies.js";
import { startTabs } from "./tabs.js";
import { startBoards } from "./boards.js";
import { startTrees } from "./trees.js";
import { startCharts } from "./chartloader.js";
import { startTimetables } from "./timetables.js";
import { startCheckIns } from "./checkins.js";
import { startForms } from "./forms.js";

const modules = [
  startTheme, startSearch, startLists, startMenus, startDialogs, startToasts, startConnection, startMoney,
  startPickers, startDrops, startCopies, startTabs, startBoards, startTrees, startCharts, startForms, startTimetables, startCheckIns,
  startDrafts, // last: what it restores is shown by the others
];

function start() {
  sayWords();
  for (const module of modules) module(document);
  document.documentElement.dataset.ready = "";
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
else start();
