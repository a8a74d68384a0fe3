using System.Reflection;
using System.Reflection.Emit;
using HybridAD.Execution.Kernels.Emission;

namespace HybridAD.Tests.Kernels;

/// <summary>Code that is written here does what the runtime's own generator makes of the same instructions.</summary>
public sealed class MethodCodeTests
{
    private const int Seed = 5;

    private delegate double OfNumber(double x);

    [Fact]
    public void Integers_of_every_length_are_the_same_numbers()
    {
        foreach (var number in new[] { 0, 1, -1, 127, 128, -128, -129, 255, 32767, 65536, int.MaxValue, int.MinValue })
            Assert.Equal(number, Run(code =>
            {
                code.Emit(OpCodes.Ldc_I4, number);
                code.Emit(OpCodes.Conv_R8);
            }, 0));
        foreach (var number in new[] { 0L, -1, 1L << 40, -(1L << 52) })
            Assert.Equal(number, Run(code =>
            {
                code.Emit(OpCodes.Ldc_I8, number);
                code.Emit(OpCodes.Conv_R8);
            }, 0));
    }

    [Fact]
    public void Branches_lead_forward_and_back()
    {
        // x added up ten times, by a loop whose condition comes last.
        var sum = Run(code =>
        {
            var (body, condition) = (code.DefineLabel(), code.DefineLabel());
            var (total, k) = (code.DeclareLocal(typeof(double)), code.DeclareLocal(typeof(int)));
            code.Emit(OpCodes.Ldc_R8, 0.0);
            code.Emit(OpCodes.Stloc, total);
            code.Emit(OpCodes.Ldc_I4, 0);
            code.Emit(OpCodes.Stloc, k);
            code.Emit(OpCodes.Br, condition);
            code.MarkLabel(body);
            code.Emit(OpCodes.Ldloc, total);
            code.Emit(OpCodes.Ldarg, 1);
            code.Emit(OpCodes.Add);
            code.Emit(OpCodes.Stloc, total);
            code.Emit(OpCodes.Ldloc, k);
            code.Emit(OpCodes.Ldc_I4, 1);
            code.Emit(OpCodes.Add);
            code.Emit(OpCodes.Stloc, k);
            code.MarkLabel(condition);
            code.Emit(OpCodes.Ldloc, k);
            code.Emit(OpCodes.Ldc_I4, 10);
            code.Emit(OpCodes.Blt, body);
            code.Emit(OpCodes.Ldloc, total);
        }, 1.5);
        Assert.Equal(15, sum);
    }

    [Fact]
    public void Methods_constructors_and_fields_of_generic_and_other_types_are_found()
    {
        var length = typeof(List<double>).GetProperty(nameof(List<>.Count))!.GetMethod!;
        Assert.Equal(0.5, Run(code =>
        {
            code.Emit(OpCodes.Newobj, typeof(List<double>).GetConstructor([])!);
            code.Emit(OpCodes.Call, length);
            code.Emit(OpCodes.Conv_R8);
            code.Emit(OpCodes.Ldarg, 1);
            code.Emit(OpCodes.Call, ((Func<double, double>)Math.Abs).Method);
            code.Emit(OpCodes.Add);
        }, -0.5));
        var pair = typeof((double, double));
        Assert.Equal(-3, Run(code =>
        {
            code.Emit(OpCodes.Ldc_R8, 2.0);
            code.Emit(OpCodes.Ldarg, 1);
            code.Emit(OpCodes.Newobj, pair.GetConstructor([typeof(double), typeof(double)])!);
            code.Emit(OpCodes.Ldfld, pair.GetField("Item2")!);
        }, -3));
    }

    /// <summary>Hundreds of variables, deep stacks and more code than was made room for.</summary>
    [Fact]
    public void Long_random_code_gives_the_bits_of_the_runtimes_generator()
    {
        var random = new Random(Seed);
        var sine = ((Func<double, double>)Math.Sin).Method;
        for (var round = 0; round < 50; round++)
        {
            var steps = new List<(int Kind, int A, int B, double Number)>();
            var count = random.Next(1, 400);
            for (var k = 0; k < count; k++)
                steps.Add((random.Next(5), random.Next(k + 1), random.Next(k + 1), random.NextDouble() - 0.5));
            var x = random.NextDouble();
            var expected = RunByRuntime(il =>
            {
                LocalBuilder[] v = [.. Enumerable.Range(0, count + 1).Select(_ => il.DeclareLocal(typeof(double)))];
                Write(steps, v, il.Emit, il.Emit, il.Emit, il.Emit, il.Emit, sine);
            }, x);
            var actual = Run(code =>
            {
                LocalBuilder[] v = [.. Enumerable.Range(0, count + 1).Select(_ => code.DeclareLocal(typeof(double)))];
                Write(steps, v, code.Emit, code.Emit, code.Emit, code.Emit, (operation, number) => code.Emit(operation, (int)number), sine);
            }, x);
            Assert.True(BitConverter.DoubleToInt64Bits(expected) == BitConverter.DoubleToInt64Bits(actual), $"{expected:R} and {actual:R} in round {round}; seed {Seed}");
        }
    }

    private static void Write(
        List<(int Kind, int A, int B, double Number)> steps, LocalBuilder[] v, Action<OpCode> emit, Action<OpCode, LocalBuilder> variable, Action<OpCode, double> number, Action<OpCode, MethodInfo> call,
        Action<OpCode, short> argument, MethodInfo sine)
    {
        argument(OpCodes.Ldarg, 1);
        variable(OpCodes.Stloc, v[0]);
        for (var k = 0; k < steps.Count; k++)
        {
            var (kind, a, b, literal) = steps[k];
            variable(OpCodes.Ldloc, v[a]);
            switch (kind)
            {
                case 0:
                    number(OpCodes.Ldc_R8, literal);
                    emit(OpCodes.Add);
                    break;
                case 1:
                    call(OpCodes.Call, sine);
                    break;
                case 2:
                    emit(OpCodes.Neg);
                    variable(OpCodes.Ldloc, v[b]);
                    emit(OpCodes.Sub);
                    break;
                case 3:
                    emit(OpCodes.Dup);
                    emit(OpCodes.Mul);
                    break;
                default:
                    variable(OpCodes.Ldloc, v[b]);
                    number(OpCodes.Ldc_R8, literal);
                    variable(OpCodes.Ldloc, v[0]);
                    emit(OpCodes.Mul);
                    emit(OpCodes.Mul);
                    emit(OpCodes.Add);
                    break;
            }
            variable(OpCodes.Stloc, v[k + 1]);
        }
        variable(OpCodes.Ldloc, v[^1]);
    }

    private static DynamicMethod NewMethod() => new("Method", typeof(double), [typeof(object), typeof(double)], typeof(MethodCodeTests), true);

    private static double Run(Action<MethodCode> write, double x)
    {
        var code = new MethodCode(NewMethod(), size: 4);
        write(code);
        code.Emit(OpCodes.Ret);
        return code.CreateDelegate<OfNumber>("")(x);
    }

    private static double RunByRuntime(Action<ILGenerator> write, double x)
    {
        var method = NewMethod();
        write(method.GetILGenerator());
        method.GetILGenerator().Emit(OpCodes.Ret);
        return method.CreateDelegate<Func<double, double>>("")(x);
    }
}
