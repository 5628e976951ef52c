"""Runs a command on a terminal of its own; stdin and stdout are what a person types and sees there.

SIGUSR1 makes the terminal 40 columns wide. stderr tells in the end how the terminal was left.
"""
import fcntl, os, pty, select, signal, struct, subprocess, sys, termios

main, own = pty.openpty()


def resize(columns):
    fcntl.ioctl(main, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))


resize(100)
before = termios.tcgetattr(own)
lead = lambda: (os.setsid(), fcntl.ioctl(0, termios.TIOCSCTTY, 0))
child = subprocess.Popen(sys.argv[1:], stdin=own, stdout=own, stderr=own, preexec_fn=lead)
# The kernel tells the programs on the terminal itself.
signal.signal(signal.SIGUSR1, lambda *_: resize(40))
signal.signal(signal.SIGTERM, lambda *_: child.send_signal(signal.SIGHUP))
inputs = [main, 0]
while child.poll() is None or select.select([main], [], [], 0)[0]:
    ready = select.select(inputs, [], [], 0.05)[0]
    if main in ready:
        os.write(1, os.read(main, 65536))
    if 0 in ready:
        typed = os.read(0, 65536)
        if typed:
            os.write(main, typed)
        else:
            inputs.remove(0)
after = termios.tcgetattr(own)
sys.stderr.write("terminal as before" if before == after else "terminal changed")
code = child.returncode
sys.exit(code if code >= 0 else 128 - code)
