using HybridAD.Formats.Nl;

namespace HybridAD.FormatTests.Nl;

/// <summary>Damaged files give an error of the reader or a model, never anything else, and never more memory than the file deserves.</summary>
public class NlMutationTests
{
    /// <summary>Tables, exception and messages; independent of the file.</summary>
    private const long FixedAllocation = 100_000;

    public static TheoryData<string> Files => ["teaching.nl", "everything.nl", "binary", "big-endian"];

    [Theory]
    [MemberData(nameof(Files))]
    public void EveryTruncationIsNoticed(string name)
    {
        var data = Bytes(name);
        var isText = data[0] == 'g';
        // In text the last number may lose digits unseen, but then the line end is missing too, which is a warning.
        var lastLine = isText ? data.AsSpan(0, data.Length - 1).LastIndexOf((byte)'\n') + 2 : data.Length;
        for (var length = 0; length < data.Length; length++)
        {
            var model = TryRead(data.AsSpan(0, length));
            Assert.True(model is null || (length >= lastLine && model.Warnings.Count > 0), $"{name} cut to {length} bytes was read");
        }
        Assert.NotNull(TryRead(data));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void RandomChangesNeverCrash(string name)
    {
        var data = Bytes(name);
        var random = new Random(20240229);
        for (var trial = 0; trial < 4000; trial++)
        {
            var damaged = data.ToArray();
            for (var k = random.Next(1, 4); k > 0; k--)
            {
                var at = random.Next(damaged.Length);
                damaged[at] = random.Next(3) switch
                {
                    0 => (byte)random.Next(256),
                    1 => (byte)"0123456789nvobkrxCJVGO\n -.e#"[random.Next(28)],
                    _ => damaged[random.Next(damaged.Length)],
                };
            }
            TryRead(damaged);
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void DroppedAndRepeatedPartsNeverCrash(string name)
    {
        var data = Bytes(name);
        var random = new Random(7);
        for (var trial = 0; trial < 2000; trial++)
        {
            int at = random.Next(data.Length), length = random.Next(Math.Min(60, data.Length - at));
            TryRead([.. data.AsSpan(0, at), .. data.AsSpan(at + length)]);
            TryRead([.. data.AsSpan(0, at + length), .. data.AsSpan(at)]);
        }
    }

    [Theory]
    [InlineData("1000000000000")]
    [InlineData("99999999999999999999999999")]
    [InlineData("2147483647")]
    [InlineData("4294967297")]
    [InlineData("-1")]
    [InlineData("400")]
    public void HeadersThatLieAreRefusedOrHarmless(string lie)
    {
        var text = System.Text.Encoding.UTF8.GetString(TestFiles.Bytes("everything.nl"));
        var lines = text.Split('\n');
        for (var line = 1; line < 10; line++)
        {
            var numbers = lines[line].Split('#')[0].Split(' ', '\t').Where(t => t.Length > 0).ToArray();
            for (var k = 0; k < numbers.Length; k++)
            {
                var lying = lines.ToArray();
                lying[line] = string.Join(' ', numbers.Take(k).Append(lie).Concat(numbers.Skip(k + 1)));
                TryRead(System.Text.Encoding.UTF8.GetBytes(string.Join('\n', lying)));
            }
        }
    }

    [Fact]
    public void CountsThatLieAreRefused()
    {
        foreach (var segment in new[] { "O0 0\no54\n2000000000\nv0\n", "O0 0\no64\n1000000000\nn1\n", "V4 2000000000 0\n", "J0 2000000000\n", "O0 0\nh2000000000:a\n", "S0 2000000000 x\n" })
        {
            var text = System.Text.Encoding.UTF8.GetString(TestFiles.Bytes("everything.nl"));
            var header = string.Join('\n', text.Split('\n').Take(10)) + "\n";
            Assert.Null(TryRead(System.Text.Encoding.UTF8.GetBytes(header + segment)));
        }
    }

    private static NlModel? TryRead(ReadOnlySpan<byte> data)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        NlModel? model = null;
        try
        {
            model = NlReader.Read(data);
        }
        catch (NlFormatException error)
        {
            Assert.DoesNotContain('\n', error.Message);
        }
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated <= 200L * data.Length + FixedAllocation, $"{allocated} bytes allocated for {data.Length} bytes");
        return model;
    }

    private static byte[] Bytes(string name) => name switch
    {
        "binary" => NlModelTests.Model(NlEncoding.BinaryLittleEndian).ToArray(),
        "big-endian" => NlModelTests.Model(NlEncoding.BinaryBigEndian).ToArray(),
        _ => TestFiles.Bytes(name),
    };
}
