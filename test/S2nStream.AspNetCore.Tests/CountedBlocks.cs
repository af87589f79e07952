using System.Buffers;
using Microsoft.AspNetCore.Connections;

namespace S2nTls.AspNetCore.Tests;

/// <summary>A server's blocks, of which it is known how many are out. One that is back holds nothing that anybody wants to read, and comes back once.</summary>
internal sealed class CountedBlocks : IMemoryPoolFactory<byte>
{
    private int _out;
    private int _returnedTwice;

    public int Out => Volatile.Read(ref _out);

    public int ReturnedTwice => Volatile.Read(ref _returnedTwice);

    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => new Pool(this);

    private sealed class Pool(CountedBlocks counted) : MemoryPool<byte>
    {
        public override int MaxBufferSize => 4096;

        public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
        {
            Interlocked.Increment(ref counted._out);
            return new Block(counted);
        }

        protected override void Dispose(bool disposing) { }
    }

    private sealed class Block(CountedBlocks counted) : IMemoryOwner<byte>
    {
        private readonly byte[] _memory = new byte[4096];
        private int _isBack;

        public Memory<byte> Memory => _memory;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isBack, 1) != 0)
            {
                Interlocked.Increment(ref counted._returnedTwice);
                return;
            }

            _memory.AsSpan().Fill(0xEE);
            Interlocked.Decrement(ref counted._out);
        }
    }
}
