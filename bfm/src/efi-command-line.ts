// bfm efi: what can be typed, and its help

import type { Command } from "commander";
import type { Actions } from "./actions.ts";
import { addCommand, describe, takeFiles, takeManifest } from "./command-line.ts";
import type { InstallRequest, PlaceRequest } from "./commands/efi.ts";
import { INSTALLED_APPLICATION, INSTALLED_BOOT_EXTENSION } from "./files.ts";

const takePlace = (command: Command): Command =>
  command.option("--esp <dir>", "where the EFI system partition is mounted, instead of /boot/efi, /efi or /boot");

export function defineEfi(command: Command, actions: Actions): void {
  describe(
    command,
    "start it from UEFI, before the operating system",
    "Puts the hypervisor onto the EFI system partition, where the firmware starts it before the operating system.",
    "  bfm efi install\n  bfm efi status\n  bfm efi remove",
  ).helpCommand(false);

  const install = describe(
    takePlace(addCommand(command, "install")),
    "put it onto the EFI system partition",
    "Writes bareflank.efi, the kernel, extensions and bareflank.json into EFI/bareflank of the EFI system partition, and makes " +
      "a boot entry, the first in the order, by efibootmgr. What bfm did not write it does not overwrite. When a step fails, the " +
      "partition is as it was before.",
    `  bfm efi install                                     then the next boot entry
  bfm efi install --boot-next /EFI/debian/grubx64.efi then this file of the partition
  bfm efi install my.elf --set leaf=7                 with your extension
  bfm efi install --manifest guarded.json             with several, and what each may do
  bfm efi install --sign my.key my.crt                for Secure Boot, with a key that you enrolled
  bfm efi install --esp /mnt/stick --no-entry         onto a stick`,
  )
    .option("--application <file>", "the UEFI application", INSTALLED_APPLICATION)
    .option("--boot-next <file>", "boot this file of the partition, instead of the next boot entry")
    .option("--memory <size>", "memory that the hypervisor gets, e.g. 64M")
    .option("--sign <file...>", "sign the application by this key and certificate, two PEM files")
    .option("--keep-configuration", "leave bareflank.json as somebody changed it")
    .option("--no-entry", "make no boot entry");
  takeFiles<InstallRequest>(takeManifest(install), INSTALLED_BOOT_EXTENSION, (selection, options) =>
    actions.efiInstall(selection, options),
  );

  describe(
    takePlace(addCommand(command, "remove")),
    "take it away again",
    "Removes the boot entry, and the files that are as bfm wrote them. What somebody changed stays, and is named.",
    "  bfm efi remove",
  ).action((place: PlaceRequest) => actions.efiRemove(place));

  describe(
    takePlace(addCommand(command, "status")),
    "say what is installed, and whether it will start",
    "Says which files are on the partition, whether they are as bfm wrote them, and where the boot entry stands in the order.",
    "  bfm efi status\n  bfm efi status --json | jq .entry",
  ).action((place: PlaceRequest) => actions.efiStatus(place));
}
