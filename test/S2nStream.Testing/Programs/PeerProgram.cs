using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace S2nTls.Testing;

/// <summary>
/// A program that speaks TLS, as a child process: raw bytes on its standard input and output, and what it
/// says on its standard error is part of every failure. It runs in a directory of its own, which goes with it.
/// </summary>
public sealed class PeerProgram : IAsyncDisposable
{
    /// <summary>Bounds a whole conversation: longer than the longest of its parts may take.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private const int KeptErrors = 16 * 1024;
    private const int NoSuchFile = 2;

    private readonly Process _process;
    private readonly TempDirectory _directory;
    private readonly string _commandLine;
    private readonly Task _errorsEnded;
    private readonly Lock _lock = new();
    private byte[] _errors = [];

    private PeerProgram(Process process, TempDirectory directory, string commandLine)
    {
        _process = process;
        _directory = directory;
        _commandLine = commandLine;
        _errorsEnded = KeepErrorsAsync(process.StandardError.BaseStream);
    }

    public int Id => _process.Id;

    /// <summary>The program's standard input.</summary>
    public Stream Input => _process.StandardInput.BaseStream;

    /// <summary>The program's standard output.</summary>
    public Stream Output => _process.StandardOutput.BaseStream;

    public bool HasExited => _process.HasExited;

    /// <summary>The last that the program has said on its standard error.</summary>
    public string Errors
    {
        get
        {
            lock (_lock)
            {
                return Encoding.UTF8.GetString(_errors);
            }
        }
    }

    /// <param name="name">The program's name; it is looked for where the shell would.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="directory">Where it runs. The program takes it over.</param>
    /// <exception cref="FileNotFoundException">The program is not installed; the message says how to install it.</exception>
    public static PeerProgram Start(string name, IReadOnlyCollection<string> arguments, TempDirectory directory)
    {
        var start = new ProcessStartInfo(name, arguments)
        {
            WorkingDirectory = directory.Path,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["LC_ALL"] = "C" },
        };
        try
        {
            return new PeerProgram(Process.Start(start)!, directory, $"{name} {string.Join(' ', arguments)}");
        }
        catch (Win32Exception e)
        {
            directory.Dispose();
            throw e.NativeErrorCode == NoSuchFile
                ? new FileNotFoundException(NeededPrograms.Missing(name), name, e)
                : e;
        }
    }

    /// <summary>Waits for the program's end, which must say success.</summary>
    public async Task ExpectSuccessAsync()
    {
        int code = await ExitCodeAsync();
        if (code != 0)
        {
            throw new InvalidOperationException($"The program ended with code {code}.");
        }
    }

    /// <summary>Waits for the program's end, and until all that it has said is here.</summary>
    public async Task<int> ExitCodeAsync()
    {
        await _process.WaitForExitAsync().WithDeadline();
        await _errorsEnded.WithDeadline();
        return _process.ExitCode;
    }

    /// <summary>Has the program end in its own way, as Ctrl+C does.</summary>
    public Task InterruptAsync() => SignalAsync(Id, "INT");

    /// <summary>Sends a signal, by its name without SIG, to a process.</summary>
    public static async Task SignalAsync(int id, string signal)
    {
        using Process kill = Process.Start("sh", ["-c", $"kill -{signal} {id}"]); // the shell's own: not every machine has the program
        await kill.WaitForExitAsync().WithDeadline();
    }

    /// <summary>Waits for something that the program's end would make impossible.</summary>
    public async Task<T> UnlessItExitsAsync<T>(Task<T> awaited)
    {
        using var stop = new CancellationTokenSource();
        Task exit = _process.WaitForExitAsync(stop.Token);
        if (await Task.WhenAny(awaited, exit).WithDeadline() == exit && !awaited.IsCompleted)
        {
            throw new InvalidOperationException("The program ended before its time.");
        }

        await stop.CancelAsync();
        return await awaited;
    }

    /// <summary>Runs something that needs the program. If it fails, the program is killed, and the exception tells what it has said.</summary>
    /// <exception cref="PeerProgramException">It has failed; the inner exception says how.</exception>
    public async Task ExplainAsync(Func<Task> conversation)
    {
        try
        {
            await conversation().WithDeadline(Patience);
        }
        catch (Exception e)
        {
            string fate = await EndAsync();
            throw new PeerProgramException($"{e.Message}\n$ {_commandLine}\n{fate}, and said:\n{Errors}", e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync(grace: TimeSpan.Zero);
        await Input.DisposeAsync();
        await Output.DisposeAsync();
        _process.Dispose();
        _directory.Dispose();
    }

    /// <summary>Kills the program unless it ends by itself right now, as one does that has just lost its connection.</summary>
    private async Task<string> EndAsync(TimeSpan? grace = null)
    {
        Task exit = _process.WaitForExitAsync();
        await Task.WhenAny(exit, Task.Delay(grace ?? TimeSpan.FromSeconds(1)));
        bool killed = !_process.HasExited;
        if (killed)
        {
            _process.Kill(entireProcessTree: true);
        }

        await exit.WithDeadline();
        await _errorsEnded.WithDeadline();
        return killed ? "was killed" : $"ended with code {_process.ExitCode}";
    }

    private async Task KeepErrorsAsync(Stream errors)
    {
        byte[] chunk = new byte[64 * 1024];
        int count;
        while ((count = await errors.ReadAsync(chunk)) > 0)
        {
            lock (_lock)
            {
                byte[] all = [.. _errors, .. chunk.AsSpan(0, count)];
                _errors = all[^Math.Min(all.Length, KeptErrors)..];
            }
        }
    }
}
