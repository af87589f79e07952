using System.IO.Pipelines;

namespace S2nTls.Testing;

/// <summary>Two ends of a connection in memory, as pipes and as streams.</summary>
public sealed class DuplexPipe : IDuplexPipe
{
    private DuplexPipe(PipeReader input, PipeWriter output)
    {
        Input = input;
        Output = output;
    }

    public PipeReader Input { get; }

    public PipeWriter Output { get; }

    /// <param name="pauseAt">How many bytes may be under way before a writer waits; 0 for no limit.</param>
    public static (DuplexPipe Client, DuplexPipe Server) Create(long pauseAt = 64 * 1024)
    {
        var options = new PipeOptions(pauseWriterThreshold: pauseAt, resumeWriterThreshold: pauseAt / 2, useSynchronizationContext: false);
        var up = new Pipe(options);
        var down = new Pipe(options);
        return (new DuplexPipe(down.Reader, up.Writer), new DuplexPipe(up.Reader, down.Writer));
    }

    public static (Stream Client, Stream Server) CreateStreams(long pauseAt = 64 * 1024)
    {
        (DuplexPipe client, DuplexPipe server) = Create(pauseAt);
        return (new DuplexPipeStream(client), new DuplexPipeStream(server));
    }
}
