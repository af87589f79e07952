using System.IO.Pipelines;

namespace S2nTls.Tests.Faults;

/// <summary>A pipe whose writer has no memory to give, once, when a test says so; or whose reader gives memory that cannot be read.</summary>
internal sealed class FailingPipe(IDuplexPipe inner) : IDuplexPipe
{
    private readonly FailingWriter _output = new(inner.Output);
    private readonly FailingReader _input = new(inner.Input);

    public PipeReader Input => _input;

    public PipeWriter Output => _output;

    /// <summary>What the writer throws.</summary>
    public static Exception Thrown { get; } = new InsufficientMemoryException("no room in the pipe");

    /// <summary>How many more times the writer gives memory before it fails once; −1 for always.</summary>
    public int GoodTimes
    {
        get => _output.GoodTimes;
        set => _output.GoodTimes = value;
    }

    /// <summary>How many bytes the writer was given after it had failed.</summary>
    public int WrittenAfterwards => _output.WrittenAfterwards;

    public bool HasFailed => _output.HasFailed;

    /// <summary>Has the reader give memory that cannot be read.</summary>
    public void FailReading() => _input.Fails = true;

    private sealed class FailingWriter(PipeWriter inner) : PipeWriter
    {
        public int GoodTimes { get; set; } = -1;

        public bool HasFailed { get; private set; }

        public int WrittenAfterwards { get; private set; }

        public override Memory<byte> GetMemory(int sizeHint = 0)
        {
            Check();
            return inner.GetMemory(sizeHint);
        }

        public override Span<byte> GetSpan(int sizeHint = 0)
        {
            Check();
            return inner.GetSpan(sizeHint);
        }

        public override void Advance(int bytes)
        {
            WrittenAfterwards += HasFailed ? bytes : 0;
            inner.Advance(bytes);
        }

        public override void CancelPendingFlush() => inner.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => inner.FlushAsync(cancellationToken);

        private void Check()
        {
            if (GoodTimes >= 0 && GoodTimes-- == 0)
            {
                HasFailed = true;
                throw Thrown;
            }
        }
    }

    private sealed class FailingReader(PipeReader inner) : PipeReader
    {
        private ReadResult _real;

        public bool Fails { get; set; }

        public override void AdvanceTo(SequencePosition consumed) => inner.AdvanceTo(Fails ? _real.Buffer.Start : consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => inner.AdvanceTo(consumed, examined);

        public override void CancelPendingRead() => inner.CancelPendingRead();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);

        public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
        {
            _real = await inner.ReadAsync(cancellationToken);
            return Fails ? new ReadResult(new(new LostMemory().Memory), isCanceled: false, isCompleted: false) : _real;
        }

        public override bool TryRead(out ReadResult result) => inner.TryRead(out result);
    }

    private sealed class LostMemory : System.Buffers.MemoryManager<byte>
    {
        public override Memory<byte> Memory => CreateMemory(100);

        public override Span<byte> GetSpan() => throw Thrown;

        public override System.Buffers.MemoryHandle Pin(int elementIndex = 0) => throw Thrown;

        public override void Unpin() { }

        protected override void Dispose(bool disposing) { }
    }
}
