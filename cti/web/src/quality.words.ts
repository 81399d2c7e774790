// Words of the pages of scores, in both languages.
import type { Language } from "./types.ts";
import { useSpeech } from "./words.ts";

const en = {
  quality: "Scores", toScore: "To score", given: "My scores", scores: "Scores", agents: "By agent", agreement: "Agreement", draws: "Draws",
  when: "When", agent: "Agent", queue: "Queue", talk: "Talk", score: "Score", scorer: "Scored by", comment: "Comment", scored: "Scored",
  average: "Average", lowest: "Lowest", form: "Form", details: "Answers", again: "Score again", back: "Back to the list",
  yes: "Yes", no: "No", noOccasion: "Does not apply", fatal: "A no makes the score 0", save: "Save, next", saveAgain: "Save",
  nothing: "Nothing is left to score. The next conversations are drawn on Monday at three at night.", none: "Nothing was scored in these days.",
  noneYet: "Nothing was scored yet.", saved: (total: string) => `Saved: ${total}`, left: (count: number) => `${count} left`,
  weight: (weight: number) => `weight ${weight}`, revision: (number: number) => `version ${number}`,
  tooFewScorers: (count: number): string =>
    count === 0
      ? "Nobody scores yet: an administrator gives people the role “quality”."
      : "Only one person scores: a second one with the role “quality” is needed, so that scorers are checked too.",
  noPairs: "No conversation was scored by two people in these days.",
  agreementHint: "Some conversations go to a second scorer who does not know of the first. What each said first counts.",
  pair: (first: string, second: string) => `${first} and ${second}`, conversations: (count: number) => `${count} conversation${count === 1 ? "" : "s"}`,
  criterion: "Criterion", equal: "Equal answers", kappa: "Cohen's kappa", reading: "Reading",
  kappaHint: "1: always equal; 0: as by chance; below 0: less than by chance. Not defined where both always gave the same one answer.",
  tooFew: "too few to tell", undefined: "not defined", good: "good", fair: "moderate", poor: "poor",
  drawsHint:
    "Each week's seed is thrown while the week runs; until it is over only its SHA-256 is told. With the seed anybody draws the same list again and compares.",
  blindHint: "You are told a seed when the next list is drawn: it says which conversations go to a second scorer.", all: "All agents",
  week: "Week", thrown: "Seed thrown", seed: "Seed", sealed: "SHA-256 of the seed", drawnOf: (count: number) => `drawn from ${count} conversation${count === 1 ? "" : "s"}`, command: "To draw it again", digest: "SHA-256 of the list",
  running: "still runs", showDrawn: "What was drawn", number: "Number", conversation: "Conversation", of: "of", second: "second scorer",
  noDraws: "Nothing was drawn yet.", mine: "My scores",
};
const zh: typeof en = {
  quality: "评分", toScore: "待评分", given: "我的评分", scores: "评分记录", agents: "按坐席", agreement: "一致性", draws: "抽样",
  when: "时间", agent: "坐席", queue: "队列", talk: "通话", score: "得分", scorer: "评分人", comment: "评语", scored: "已评",
  average: "平均", lowest: "最低", form: "评分表", details: "各项得分", again: "重新评分", back: "返回列表",
  yes: "是", no: "否", noOccasion: "不适用", fatal: "答“否”则总分为 0", save: "保存，下一个", saveAgain: "保存",
  nothing: "没有待评分的通话。下一批在周一凌晨三点抽取。", none: "这段时间没有评分。",
  noneYet: "还没有评分。", saved: (total) => `已保存：${total}`, left: (count) => `剩余 ${count} 个`,
  weight: (weight) => `权重 ${weight}`, revision: (number) => `第 ${number} 版`,
  tooFewScorers: (count) =>
    count === 0 ? "还没有评分人：请管理员为人员设置“质检”角色。" : "目前只有一位评分人：需要第二位“质检”人员，评分人本身才能被抽查。",
  noPairs: "这段时间没有由两人评分的通话。",
  agreementHint: "部分通话由第二位评分人在不知道第一次评分的情况下再评一次。以各人第一次所评为准。",
  pair: (first, second) => `${first} 与 ${second}`, conversations: (count) => `${count} 个通话`,
  criterion: "评分项", equal: "答案相同", kappa: "Cohen's kappa", reading: "说明",
  kappaHint: "1：总是相同；0：与随机无异；小于 0：比随机还差。双方始终给出同一答案时无定义。",
  tooFew: "数量太少，不足为凭", undefined: "无定义", good: "良好", fair: "一般", poor: "较差",
  drawsHint: "每周的种子在当周生成；该周结束之前只公布其 SHA-256。有了种子，任何人都能抽出同一份名单并核对。",
  blindHint: "下一份名单抽取后才向您公布种子：由种子可知哪些通话由第二人评分。", all: "全部坐席",
  week: "周", thrown: "种子生成", seed: "种子", sealed: "种子的 SHA-256", drawnOf: (count) => `从 ${count} 个通话中抽取`, command: "重新抽样的命令", digest: "名单的 SHA-256",
  running: "进行中", showDrawn: "抽中的通话", number: "编号", conversation: "通话", of: "共", second: "第二评分人",
  noDraws: "还没有抽样。", mine: "我的得分",
};
const tables: Record<Language, typeof en> = { en, zh };
export const useQualityWords = () => tables[useSpeech().language];
