/* SPDX-License-Identifier: MIT */
/*
 * The first process of the lab's Linux: runs what the host asks for, over a virtio or serial port.
 *
 * Frames are described in lab/src/linux/channel.ts. One command runs at a time; its output goes to the host as it
 * comes, standard output and standard error apart. One shell may run beside it, on the terminal.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/reboot.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define CHUNK_BYTES 65536
#define HEADER_BYTES 5
#define ARCHIVE "/run/lab-files.cpio"

enum { OUTPUT, ERRORS, STREAMS };

static const char stream_types[STREAMS] = {'O', 'E'};

static int port;
static const char *terminal_name;
static pid_t command;
/* What owns the terminal while a shell runs there. */
static pid_t shell_owner;
/* Read ends of the command's output; -1 when closed. */
static int streams[STREAMS] = {-1, -1};
static char chunk[CHUNK_BYTES];

static void fail(const char *what)
{
    fprintf(stderr, "agent: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void write_all(const void *bytes, size_t length)
{
    for (size_t done = 0; done < length;) {
        ssize_t count = write(port, (const char *)bytes + done, length - done);
        if (count < 0) {
            if (errno == EINTR)
                continue;
            fail("write");
        }
        done += (size_t)count;
    }
}

static void send_frame(char type, const void *payload, uint32_t length)
{
    char header[HEADER_BYTES] = {type};
    memcpy(header + 1, &length, sizeof(length));
    write_all(header, sizeof(header));
    write_all(payload, length);
}

static void send_number(char type, uint32_t number)
{
    send_frame(type, &number, sizeof(number));
}

static void read_all(void *bytes, size_t length)
{
    for (size_t done = 0; done < length;) {
        ssize_t count = read(port, (char *)bytes + done, length - done);
        if (count < 0 && errno != EINTR)
            fail("read");
        if (count > 0)
            done += (size_t)count;
    }
}

/* Sends what the command has written so far; closes the stream at its end. */
static void forward(int index)
{
    for (;;) {
        ssize_t count = read(streams[index], chunk, sizeof(chunk));
        if (count > 0) {
            send_frame(stream_types[index], chunk, (uint32_t)count);
            continue;
        }
        if (count < 0 && errno == EAGAIN)
            return;
        close(streams[index]);
        streams[index] = -1;
        return;
    }
}

static void default_signals(void)
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setsid();
}

static void start_command(const char *text)
{
    int pipes[STREAMS][2];
    for (int i = 0; i < STREAMS; i++)
        if (pipe2(pipes[i], O_CLOEXEC) != 0)
            fail("pipe");
    command = fork();
    if (command == 0) {
        default_signals();
        int nothing = open("/dev/null", O_RDONLY);
        dup2(nothing, STDIN_FILENO);
        dup2(pipes[OUTPUT][1], STDOUT_FILENO);
        dup2(pipes[ERRORS][1], STDERR_FILENO);
        execl("/bin/sh", "sh", "-c", text, NULL);
        _exit(127);
    }
    for (int i = 0; i < STREAMS; i++) {
        close(pipes[i][1]);
        streams[i] = pipes[i][0];
        fcntl(streams[i], F_SETFL, O_NONBLOCK);
    }
}

/* As a shell counts it. */
static uint32_t exit_code(int status)
{
    return WIFSIGNALED(status) ? 128u + (uint32_t)WTERMSIG(status) : (uint32_t)WEXITSTATUS(status);
}

static void start_shell(const uint16_t *size)
{
    shell_owner = fork();
    if (shell_owner != 0)
        return;
    default_signals();
    int terminal = open(terminal_name, O_RDWR);
    struct winsize window = {.ws_row = size[0], .ws_col = size[1]};
    ioctl(terminal, TIOCSCTTY, 1);
    ioctl(terminal, TIOCSWINSZ, &window);
    for (int i = 0; i <= STDERR_FILENO; i++)
        dup2(terminal, i);
    /* The end of the terminal's owner throws away what a serial port has not sent yet; so that is not the shell. */
    pid_t shell = fork();
    if (shell == 0) {
        execl("/bin/sh", "-sh", NULL);
        _exit(127);
    }
    signal(SIGINT, SIG_IGN);
    signal(SIGQUIT, SIG_IGN);
    signal(SIGTTOU, SIG_IGN);
    int status = 0;
    while (waitpid(shell, &status, 0) < 0 && errno == EINTR)
        continue;
    tcdrain(STDOUT_FILENO);
    _exit((int)exit_code(status));
}

/* A signal for the command and what it has started, as a terminal sends one. */
static void signal_command(int number)
{
    /* Until it has a session of its own, it is alone. */
    if (command > 0 && kill(-command, number) != 0)
        kill(command, number);
}

static void send_file(const char *path)
{
    int file = open(path, O_RDONLY);
    ssize_t count = file < 0 ? -1 : 0;
    while (file >= 0 && (count = read(file, chunk, sizeof(chunk))) > 0)
        send_frame('D', chunk, (uint32_t)count);
    send_number('F', count < 0 ? (uint32_t)errno : 0);
    if (file >= 0)
        close(file);
}

/* Keeps files for the command that unpacks them. */
static void keep_archive(const void *bytes, size_t length)
{
    int file = open(ARCHIVE, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    const char *rest = bytes;
    ssize_t count = file < 0 ? -1 : 0;
    while (length > 0 && file >= 0 && (count = write(file, rest, length)) > 0) {
        rest += count;
        length -= (size_t)count;
    }
    send_number('F', count < 0 ? (uint32_t)errno : 0);
    if (file >= 0)
        close(file);
}

static void receive(void)
{
    char header[HEADER_BYTES];
    uint32_t length;
    read_all(header, sizeof(header));
    memcpy(&length, header + 1, sizeof(length));
    char *payload = malloc(length + 1);
    if (payload == NULL)
        fail("malloc");
    read_all(payload, length);
    payload[length] = '\0';
    switch (header[0]) {
    case 'C':
        start_command(payload);
        break;
    case 'S':
        start_shell((const uint16_t *)payload);
        break;
    case 'K':
        signal_command(payload[0]);
        break;
    case 'H':
        /* Its terminal hangs up with it, which ends the shell, and what runs there. */
        if (shell_owner > 0)
            kill(shell_owner, SIGKILL);
        break;
    case 'G':
        send_file(payload);
        break;
    case 'P':
        keep_archive(payload, length);
        break;
    }
    free(payload);
}

static void reap(void)
{
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        if (pid == shell_owner) {
            shell_owner = 0;
            send_number('Y', exit_code(status));
        }
        if (pid != command)
            continue;
        command = 0;
        /* What a process in the background writes later is not waited for. */
        for (int i = 0; i < STREAMS; i++) {
            if (streams[i] >= 0)
                forward(i);
            if (streams[i] >= 0)
                close(streams[i]);
            streams[i] = -1;
        }
        send_number('X', exit_code(status));
    }
}

/* Busybox's halt, poweroff and reboot tell the first process by these signals. */
static void handle_signal(int number)
{
    switch (number) {
    case SIGUSR1:
        reboot(RB_HALT_SYSTEM);
        break;
    case SIGUSR2:
        reboot(RB_POWER_OFF);
        break;
    case SIGTERM:
        reboot(RB_AUTOBOOT);
        break;
    case SIGCHLD:
        reap();
        break;
    }
}

static void send_ready(const char *notes)
{
    int file = open(notes, O_RDONLY);
    ssize_t count = file < 0 ? 0 : read(file, chunk, sizeof(chunk));
    send_frame('R', chunk, count < 0 ? 0 : (uint32_t)count);
    close(file);
}

/* A serial port passes every byte on as it is, at its highest speed. A virtio port is no terminal, and always does. */
static void make_raw(void)
{
    struct termios settings;
    if (tcgetattr(port, &settings) != 0)
        return;
    cfmakeraw(&settings);
    cfsetspeed(&settings, B115200);
    settings.c_cflag |= CLOCAL;
    tcsetattr(port, TCSANOW, &settings);
}

/* Arguments: the port to the host, the terminal for shells, the file with what the boot script complained about. */
int main(int argc, char **argv)
{
    if (argc != 4)
        return 2;
    port = open(argv[1], O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (port < 0)
        fail(argv[1]);

    make_raw();
    terminal_name = argv[2];

    sigset_t handled;
    sigemptyset(&handled);
    sigaddset(&handled, SIGCHLD);
    sigaddset(&handled, SIGUSR1);
    sigaddset(&handled, SIGUSR2);
    sigaddset(&handled, SIGTERM);
    sigprocmask(SIG_BLOCK, &handled, NULL);
    int signals = signalfd(-1, &handled, SFD_CLOEXEC);

    send_ready(argv[3]);
    for (;;) {
        struct pollfd polled[] = {
            {.fd = port, .events = POLLIN},
            {.fd = signals, .events = POLLIN},
            {.fd = streams[OUTPUT], .events = POLLIN},
            {.fd = streams[ERRORS], .events = POLLIN},
        };
        if (poll(polled, sizeof(polled) / sizeof(polled[0]), -1) < 0 && errno != EINTR)
            fail("poll");
        for (int i = 0; i < STREAMS; i++)
            if (streams[i] >= 0 && polled[2 + i].revents != 0)
                forward(i);
        if (polled[1].revents != 0) {
            struct signalfd_siginfo info;
            if (read(signals, &info, sizeof(info)) == sizeof(info))
                handle_signal((int)info.ssi_signo);
        }
        if (polled[0].revents & POLLIN)
            receive();
    }
}
