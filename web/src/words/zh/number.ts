/** A number as it is written here. */
export const n0 = (n: number): string => n.toLocaleString('zh-CN');
