using System.Buffers.Binary;
using S2nTls.Wire;

namespace S2nTls.Reliability.Fuzzing;

/// <summary>Damages ciphertext: anywhere, at the seams of records, and in the fields that tell lengths and types.</summary>
internal sealed class Mutator(Random random)
{
    private const int RecordHeader = 5;

    private static readonly byte[] s_interesting = [0, 1, 2, 3, 4, 11, 13, 20, 21, 22, 23, 24, 0x7f, 0x80, 0xfe, 0xff];

    /// <param name="original">What is damaged; it is not changed itself.</param>
    /// <param name="other">Other ciphertext, from which pieces may come.</param>
    internal byte[] Mutate(byte[] original, byte[] other)
    {
        var bytes = new List<byte>(original);
        int times = 1 + (random.Next(4) == 0 ? random.Next(8) : 0);
        for (int i = 0; i < times; i++)
        {
            MutateOnce(bytes, other);
        }

        return [.. bytes];
    }

    private void MutateOnce(List<byte> bytes, byte[] other)
    {
        if (bytes.Count == 0)
        {
            bytes.AddRange(Random(random.Next(1, 100)));
            return;
        }

        int at = random.Next(bytes.Count);
        switch (random.Next(14))
        {
            case 0 or 1:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 2:
                bytes[at] = s_interesting[random.Next(s_interesting.Length)];
                break;
            case 3: // near the beginning, where the types and lengths of messages are
                bytes[random.Next(Math.Min(bytes.Count, 64))] = s_interesting[random.Next(s_interesting.Length)];
                break;
            case 4:
                bytes.RemoveRange(at, random.Next(1, Math.Min(bytes.Count - at, 64) + 1));
                break;
            case 5:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 6:
                bytes.InsertRange(at, Random(random.Next(1, 64)));
                break;
            case 7: // a piece once more
                bytes.InsertRange(random.Next(bytes.Count), bytes.GetRange(at, random.Next(1, Math.Min(bytes.Count - at, 512) + 1)));
                break;
            case 8 when bytes.Count >= 2: // a number of two bytes
                SetNumber(bytes, random.Next(bytes.Count - 1), random.Next(3) switch { 0 => 0, 1 => 0xffff, _ => random.Next(0x10000) });
                break;
            case 9 when Records(bytes) is { Count: > 0 } records: // a record's type
                bytes[records[random.Next(records.Count)].Start] = (byte)random.Next(18, 26);
                break;
            case 10 when Records(bytes) is { Count: > 0 } records: // a record's length
                {
                    (int start, int length) = records[random.Next(records.Count)];
                    SetNumber(bytes, start + 3, random.Next(4) switch { 0 => 0, 1 => length + 1, 2 => 0x4000 + random.Next(0x400), _ => random.Next(0x10000) });
                    break;
                }

            case 11 when Records(bytes) is { Count: > 0 } records: // a whole record once more, elsewhere
                {
                    (int start, int length) = records[random.Next(records.Count)];
                    bytes.InsertRange(records[random.Next(records.Count)].Start, bytes.GetRange(start, RecordHeader + length));
                    break;
                }

            case 12: // a record of our own
                {
                    byte[] fragment = Random(random.Next(4) == 0 ? 0 : random.Next(1, 40));
                    byte[] record = [(byte)random.Next(20, 25), 3, 3, 0, (byte)fragment.Length, .. fragment];
                    bytes.InsertRange(Records(bytes) is { Count: > 0 } records ? records[random.Next(records.Count)].Start : 0, record);
                    break;
                }

            default:
                bytes.InsertRange(at, other.AsSpan(0, Math.Min(other.Length, random.Next(1, 600))).ToArray());
                break;
        }
    }

    private byte[] Random(int count)
    {
        byte[] bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>Whole records, as long as the lengths are right.</summary>
    private static List<(int Start, int Length)> Records(List<byte> bytes)
    {
        var records = new List<(int, int)>();
        for (int start = 0; start + RecordHeader <= bytes.Count;)
        {
            int length = (bytes[start + 3] << 8) | bytes[start + 4];
            if (start + RecordHeader + length > bytes.Count)
            {
                break;
            }

            records.Add((start, length));
            start += RecordHeader + length;
        }

        return records;
    }

    private static void SetNumber(List<byte> bytes, int at, int value)
    {
        Span<byte> number = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(number, (ushort)value);
        (bytes[at], bytes[at + 1]) = (number[0], number[1]);
    }
}
