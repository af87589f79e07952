using System.Buffers;

namespace S2nTls.AspNetCore.Tests;

/// <summary>Blocks that are used again with their owners, as a server's are: renting allocates nothing.</summary>
internal sealed class KeptBlocks : MemoryPool<byte>
{
    private readonly Block[] _few = new Block[4];
    private int _count;

    public override int MaxBufferSize => 4096;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        lock (_few)
        {
            return _count > 0 ? _few[--_count] : new Block(this);
        }
    }

    protected override void Dispose(bool disposing) { }

    private void Keep(Block block)
    {
        lock (_few)
        {
            if (_count < _few.Length)
            {
                _few[_count++] = block;
            }
        }
    }

    private sealed class Block(KeptBlocks pool) : IMemoryOwner<byte>
    {
        public Memory<byte> Memory { get; } = new byte[4096];

        public void Dispose() => pool.Keep(this);
    }
}
