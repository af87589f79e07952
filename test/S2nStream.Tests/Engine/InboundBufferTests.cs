using S2nTls.Engine;

namespace S2nTls.Tests.Engine;

/// <summary>How much room the next inner read is given.</summary>
public class InboundBufferTests
{
    private readonly InboundBuffer _buffer = new();

    [Fact]
    public void A_new_connection_waits_in_little() => Assert.Equal(InboundBuffer.SmallestSize, Room());

    [Fact]
    public void Messages_of_one_size_come_to_take_one_read_each()
    {
        Receive(1024); // the first one does not fit,
        Receive(22);   // and its rest comes by itself
        for (int i = 0; i < 100; i++)
        {
            Assert.InRange(Room(), 1047, 8 * 1024);
            Receive(1046);
        }
    }

    [Fact]
    public void A_bulk_sender_is_read_in_large_pieces_until_one_is_not_filled()
    {
        Receive(Room());
        Receive(Room());
        Assert.Equal(InboundBuffer.LargeSize, Room());
        Receive(Room());
        Assert.Equal(InboundBuffer.LargeSize, Room());
        Receive(20_000);
        Assert.InRange(Room(), 1, 8 * 1024);
    }

    [Fact]
    public void Where_messages_become_small_the_room_does_too()
    {
        Receive(Room());
        for (int i = 0; i < 20; i++)
        {
            Receive(50);
        }

        Assert.Equal(InboundBuffer.SmallestSize, Room());
    }

    private int Room()
    {
        int room = _buffer.Prepare().Length;
        _buffer.ReleaseIfEmpty();
        return room;
    }

    private void Receive(int count)
    {
        _buffer.Prepare();
        _buffer.Commit(count);
        Assert.Equal(count, _buffer.Take(new byte[count]));
        _buffer.ReleaseIfEmpty();
    }
}
