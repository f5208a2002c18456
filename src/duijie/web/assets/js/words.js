// The sentences that scripts say, in the page's language. The page's <html lang> decides.

const CHINESE = {
  copied: "已复制", copyFailed: "没能复制，请选中后手动复制。", close: "关闭", failed: "没有完成，您的内容没有丢失。请再试一次。",
  number: "编号", notAllowed: "登录已超时或没有权限。您填写的内容已保存在本机，请重新登录后继续。",
  unreachable: "连接不上服务器。您填写的内容已保存在本机，恢复后可继续。",
  offline: "网络已断开。您可以继续填写，内容保存在本机。", online: "网络已恢复。",
  restored: "已恢复您上次未提交的内容", restoredAt: "保存于", discard: "放弃恢复", leave: "内容尚未提交。",
  noMatch: "没有相符的条目", searching: "正在查找…", remove: "去掉", tooLarge: "文件太大：最大 {limit}，这个文件 {size}。",
  wrongType: "只接受这些格式：{types}。", chosen: "已选择", fileNone: "把文件拖到这里，或点击选择",
  moneyBad: "看不懂这个金额，可以写“12万”“1.5亿”“3000元”。", yuan: "元", to: "至", negotiable: "面议", moved: "已移到“{lane}”",
  moveFailed: "没有移动成功，已放回原处。", results: "{n} 个条目", asSystem: "跟随系统", light: "浅色", dark: "深色",
  chartFailed: "图表没有画出来，数字在下面的表格里。", on: "是", off: "否", atLeast: "以上", atMost: "不超过",
};
const ENGLISH = {
  copied: "Copied", copyFailed: "Could not copy; please select it and copy by hand.", close: "Close",
  failed: "This did not go through; nothing of yours is lost. Please try again.", number: "Number",
  notAllowed: "Your sign-in has timed out or you may not do this. What you wrote is kept on this device; sign in again to go on.",
  unreachable: "The server cannot be reached. What you wrote is kept on this device.",
  offline: "You are offline. Go on writing; it is kept on this device.", online: "You are online again.",
  restored: "What you had not sent yet has been restored", restoredAt: "kept at", discard: "Discard it", leave: "Not sent yet.",
  noMatch: "Nothing matches", searching: "Searching…", remove: "Remove", tooLarge: "The file is too large: at most {limit}; this one has {size}.",
  wrongType: "Only these formats: {types}.", chosen: "Chosen", fileNone: "Drop a file here, or click to choose one",
  moneyBad: "This amount is not understood; write 120,000, 12万 or 1.5亿.", yuan: "CNY", to: "to", negotiable: "Negotiable", moved: "Moved to “{lane}”",
  moveFailed: "It could not be moved and was put back.", results: "{n} entries", asSystem: "As the system", light: "Light", dark: "Dark",
  chartFailed: "The chart could not be drawn; its figures are in the table below.", on: "Yes", off: "No", atLeast: "or more", atMost: "up to",
};
let current = CHINESE;

export function sayWords() {
  current = document.documentElement.lang.startsWith("en") ? ENGLISH : CHINESE;
}

/** @returns {typeof CHINESE} */
export function words() {
  return current;
}

/** @param {string} sentence @param {Record<string, string | number>} values */
export function fill(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}

/** Is the page in English? */
export const isEnglish = () => current === ENGLISH;
