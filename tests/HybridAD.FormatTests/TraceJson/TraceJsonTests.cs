using System.Globalization;
using System.Text;
using HybridAD.Formats.Nl;
using HybridAD.Formats.TraceJson;
using HybridAD.Graph;
using HybridAD.Primitives;

namespace HybridAD.FormatTests.TraceJson;

public class TraceJsonTests
{
    private const string Teaching = """
        {"format": "hybridad-trace", "version": 1, "inputs": 2, "x": [2.0, 1.0],
         "nodes": [["add", 0, 1], ["const", 1.0], ["add", 1, 3], ["mul", 2, 4]],
         "outputs": [5], "names": {"5": "e"}}
        """;

    [Fact]
    public void TheTeachingExampleIsRead()
    {
        var trace = Read(Teaching);
        Assert.Equal(6, trace.NodeCount);
        Assert.Equal([5], trace.Outputs.ToArray());
        Assert.Equal([2, 1], trace.Point!);
        Assert.Equal("e", trace.Names.Output(0));
        var evaluator = new ReferenceEvaluator(trace, trace.Point!);
        Assert.Equal(6, evaluator.Output(0));
        Assert.Equal(new Dictionary<int, double> { [0] = 2, [1] = 5 }, evaluator.Gradient(0, out _));
    }

    [Fact]
    public void MembersMayComeInAnyOrder()
    {
        var reordered = """
            {"names": {"5": "e"}, "outputs": [5], "nodes": [["add", 0, 1], ["const", 1.0], ["add", 1, 3], ["mul", 2, 4]],
             "x": [2.0, 1.0], "inputs": 2, "version": 1, "format": "hybridad-trace"}
            """;
        Assert.Equal(Read(Teaching).Hash, Read(reordered).Hash);
    }

    [Fact]
    public void EveryPrimitiveComesBackWithItsId()
    {
        var builder = new TraceBuilder(3);
        foreach (var primitive in Primitive.All)
            _ = primitive.Arity switch
            {
                Arity.Unary => builder.Unary(primitive.Code, 0),
                Arity.Binary => builder.Binary(primitive.Code, 1, builder.NodeCount - 1),
                Arity.Ternary => builder.List(primitive.Code, 2, 1, 0),
                Arity.Parametric => builder.Parametric(primitive.Code, 1, primitive.Code switch { Op.RootN => [5], Op.Cast => [24, 127], _ => [-1, 0.5, 2, 1.5, 1 / 3.0] }),
                _ => builder.List(primitive.Code, 0, 1, 2, 0, builder.NodeCount - 1),
            };
        foreach (var value in new[] { 0.1, -0.0, double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.Epsilon, double.MaxValue, 1e22, 123456789012345680 })
            builder.Constant(value);
        builder.AddGuard(5, 1);
        builder.AddGuard(6, double.NaN);
        var names = new TraceNames(["a", "b", "ä\"\n"], ["first", "second", "again"], new Dictionary<int, string> { [4] = "four" });
        var trace = builder.Build([4, builder.NodeCount - 1, 4], names, [1, double.NaN, 1e-300]);
        var text = TraceJsonWriter.Write(trace);
        var back = TraceJsonReader.Read(text);
        Assert.Equal(trace.Hash, back.Hash);
        Assert.Equal(trace.Point!, back.Point!);
        Assert.Equal(names.Inputs, back.Names.Inputs);
        Assert.Equal(names.Outputs, back.Names.Outputs);
        Assert.Equal("four", back.Names.Nodes![4]);
        Assert.Equal(text, TraceJsonWriter.Write(back));
    }

    [Fact]
    public void NlModelsComeBackUnchanged()
    {
        var trace = NlReader.Read(TestFiles.Bytes("everything.nl")).Trace;
        var back = TraceJsonReader.Read(TraceJsonWriter.Write(trace));
        Assert.Equal(trace.Hash, back.Hash);
        Assert.Equal(trace.Names.Outputs, back.Names.Outputs);
    }

    [Fact]
    public void WrittenTextIsWhatTheFormatSays()
    {
        var builder = new TraceBuilder(1);
        var sum = builder.List(Op.Sum, 0, builder.Constant(double.PositiveInfinity), 0);
        var trace = builder.Build([builder.Parametric(Op.PiecewiseLinear, sum, [1, 0.5, 2])], new TraceNames(Outputs: ["y"]), [0.5]);
        Assert.Equal(
            """{"format":"hybridad-trace","version":1,"inputs":1,"x":[0.5],"nodes":[["const","Infinity"],["sum",0,1,0],["pwl",2,[1,0.5,2]]],"outputs":[3],"names":{"3":"y"}}""",
            Encoding.UTF8.GetString(TraceJsonWriter.Write(trace)));
    }

    [Fact]
    public void ANaNWithAnotherSignOrPayloadIsTheSameNaN()
    {
        var positive = BitConverter.Int64BitsToDouble(0x7FF8_0000_0000_0001);
        var builder = new TraceBuilder(1);
        builder.AddGuard(builder.Unary(Op.Sqrt, 0), positive);
        var trace = builder.Build([builder.Constant(positive)]);
        Assert.Equal(trace.Hash, TraceJsonReader.Read(TraceJsonWriter.Write(trace)).Hash);
    }

    [Theory]
    [InlineData("[\"add\", 0, 1]", "[\"foo\", 0, 1]", "t.json: node 2: there is no operation 'foo' [HAD4004]")]
    [InlineData("[\"add\", 0, 1]", "[\"add\", 0]", "t.json: node 2: 'add' takes 2 operands, found 1 [HAD4003]")]
    [InlineData("[\"add\", 0, 1]", "[\"select\", 0, 1]", "t.json: node 2: 'select' takes 3 operands, found 2 [HAD4003]")]
    [InlineData("[\"add\", 0, 1]", "[\"sum\"]", "t.json: node 2: 'sum' takes 1 or more operands, found 0 [HAD4003]")]
    [InlineData("[\"add\", 0, 1]", "[\"add\", 0, 2]", "t.json: node 2: operand 2 of 'add' is not an earlier node (0 … 1) [HAD4003]")]
    [InlineData("[\"add\", 0, 1]", "[\"add\", 0, -1]", "t.json: node 2: operand -1 of 'add' is not an earlier node (0 … 1) [HAD4003]")]
    [InlineData("[\"add\", 0, 1]", "[\"add\", 0, 0.5]", "t.json: node 2: operand 0.5 of 'add' is not an earlier node (0 … 1) [HAD4003]")]
    [InlineData("[\"add\", 0, 1]", "[\"add\", 0, \"a\"]", "t.json: node 2: operands of 'add' are ids of nodes, found a string [HAD4003]")]
    [InlineData("[\"add\", 0, 1]", "[7, 0, 1]", "t.json: node 2: expected the name of an operation, found a number [HAD4003]")]
    [InlineData("[\"add\", 0, 1]", "\"add\"", "t.json: node 2: expected an array such as [\"add\", 0, 1], found a string [HAD4003]")]
    [InlineData("[\"const\", 1.0]", "[\"const\", \"one\"]", "t.json: node 3: expected the value of the constant, found a string [HAD4003]")]
    [InlineData("[\"const\", 1.0]", "[\"const\", 1, 2]", "t.json: node 3: 'const' takes one number [HAD4003]")]
    [InlineData("[\"const\", 1.0]", "[\"pwl\", 0]", "t.json: node 3: 'pwl' takes one operand and an array of parameters, found the end of the array [HAD4003]")]
    [InlineData("[\"const\", 1.0]", "[\"pwl\", 0, [1, 2]]", "t.json: node 3: 'pwl' has 2 parameters; they are slope, breakpoint, slope, …, slope: an odd number [HAD4003]")]
    [InlineData("[\"const\", 1.0]", "[\"pwl\", 0, [1, 2, 1, 2, 1]]", "t.json: node 3: 'pwl' has breakpoint 2 not above the one before [HAD4003]")]
    [InlineData("[\"const\", 1.0]", "[\"rootn\", 0, []]", "t.json: node 3: 'rootn' takes one parameter, an integer of 32 bits that is not 0 [HAD4003]")]
    [InlineData("[\"const\", 1.0]", "[\"cast\", 0, [24]]", "t.json: node 3: 'cast' has 1 parameters; they are bits of the significand and largest exponent [HAD4003]")]
    [InlineData("[\"const\", 1.0]", "[\"rootn\", 0, [2.5]]", "t.json: node 3: 'rootn' takes one parameter, an integer of 32 bits that is not 0 [HAD4003]")]
    [InlineData("[\"const\", 1.0]", "[\"rootn\", 0, [0]]", "t.json: node 3: 'rootn' takes one parameter, an integer of 32 bits that is not 0 [HAD4003]")]
    [InlineData("\"outputs\": [5]", "\"outputs\": [6]", "t.json: 'outputs' refers to node 6, which does not exist (0 … 5) [HAD4002]")]
    [InlineData("\"outputs\": [5],", "", "t.json: 'outputs' is missing; expected an array of node ids [HAD4002]")]
    [InlineData("\"inputs\": 2", "\"inputs\": -2", "t.json: 'inputs' is not a whole number, 0 or more [HAD4002]")]
    [InlineData("\"inputs\": 2", "\"inputs\": 1000000000000", "t.json: 'inputs' is 1000000000000, which a file of 195 bytes cannot make use of [HAD4002]")]
    [InlineData("\"x\": [2.0, 1.0]", "\"x\": [2.0]", "t.json: 'x' has 1 numbers for 2 inputs [HAD4002]")]
    [InlineData("\"x\": [2.0, 1.0]", "\"x\": [2.0, null]", "t.json: 'x' contains null; expected a number [HAD4002]")]
    [InlineData("\"version\": 1", "\"version\": 2", "t.json: 'version' is not 1, the only one this reader knows [HAD4002]")]
    [InlineData("hybridad-trace", "other", "t.json: 'format' is 'other'; expected 'hybridad-trace' [HAD4002]")]
    [InlineData("\"version\": 1", "\"version\": 1, \"version\": 1", "t.json: 'version' is given twice [HAD4002]")]
    [InlineData("\"version\": 1", "\"version\": 1, \"colour\": 1", "t.json: 'colour' is not a member of a trace; there are format, version, inputs, x, nodes, outputs, guards, names, outputNames [HAD4002]")]
    [InlineData("{\"5\": \"e\"}", "{\"6\": \"e\"}", "t.json: 'names' names node '6', which does not exist (0 … 5) [HAD4002]")]
    [InlineData("{\"5\": \"e\"}", "{\"5\": 5}", "t.json: 'names' contains a number; expected a name [HAD4002]")]
    [InlineData("[5], \"names\": {\"5\": \"e\"}", "[5], \"guards\": [[9, 1]]", "t.json: 'guards' refers to node 9, which does not exist (0 … 5) [HAD4002]")]
    [InlineData("[\"mul\", 2, 4]]", "[\"mul\", 2, 4]", "t.json: line 3, byte 10: not well-formed JSON: ':' is invalid after a value. Expected either ',', '}', or ']' [HAD4001]")]
    public void MessageIs(string replace, string by, string message)
    {
        var error = Assert.Throws<TraceJsonException>(() => Read(Teaching.ReplaceLineEndings("\n").Replace(replace, by, StringComparison.Ordinal)));
        Assert.Equal(message, error.Message);
    }

    [Fact]
    public void TheMessageDoesNotQuoteTheFile()
    {
        var error = Assert.Throws<TraceJsonException>(() => Read($"{{\"format\": nan, {new string(' ', 100_000)}}}"));
        Assert.StartsWith("t.json: line 1, byte 12: not well-formed JSON: 'nan", error.Message, StringComparison.Ordinal);
        Assert.InRange(error.Message.Length, 0, 300);
    }

    [Fact]
    public void DamagedFilesNeverCrash()
    {
        var data = Encoding.UTF8.GetBytes(Teaching[..^1] + ", \"guards\": [[2, \"NaN\"]], \"outputNames\": [\"\\u00e4\"]}");
        Assert.Equal("ä", TraceJsonReader.Read(data).Names.Output(0));
        for (var length = 0; length < data.Length; length++)
            Assert.False(TryRead(data.AsSpan(0, length)));
        var random = new Random(5);
        for (var trial = 0; trial < 10_000; trial++)
        {
            var damaged = data.ToArray();
            for (var k = random.Next(1, 4); k > 0; k--)
                damaged[random.Next(damaged.Length)] = random.Next(2) == 0 ? (byte)random.Next(256) : damaged[random.Next(damaged.Length)];
            TryRead(damaged);
        }
        Assert.False(TryRead("{\"format\":\"\\ud800\"}"u8));
        Assert.False(TryRead(Encoding.UTF8.GetBytes(new string('[', 100_000))));
        Assert.False(TryRead([.. "{\"nodes\":[[\""u8, 0xFF, .. "\"]]}"u8]));
    }

    private static bool TryRead(ReadOnlySpan<byte> data)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            TraceJsonReader.Read(data);
            return true;
        }
        catch (TraceJsonException error)
        {
            Assert.DoesNotContain('\n', error.Message);
            return false;
        }
        finally
        {
            // A million inputs are free: nine bytes each, twice.
            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 20_000_000 + 200L * data.Length);
        }
    }

    private static Trace Read(string text) => TraceJsonReader.Read(Encoding.UTF8.GetBytes(text), "t.json");
}
