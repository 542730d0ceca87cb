// Options that several commands have

import { InvalidArgumentError } from "commander";

export const wholeNumber = (text: string): number => {
  if (!/^[1-9]\d{0,8}$/.test(text)) {
    throw new InvalidArgumentError("It must be a whole number, at least 1.");
  }
  return Number(text);
};

export const memorySize = (text: string): string => {
  if (!/^[1-9]\d*[MG]$/.test(text)) {
    throw new InvalidArgumentError("It must be a number with M or G, e.g. 512M or 2G.");
  }
  return text;
};

export const freshHelp = "boot, even where the machine could go on from where one of its kind has booted";
